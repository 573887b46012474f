import Glibc
import JoolCore
import JoolDaemon
import JoolSession

/// Starts a proxy for `session proxy` and for `joold`.
enum ProxyRunner {
  /// Runs the proxy until a signal ends it.
  ///
  /// All checks precede the first output.
  /// - `again`: reads the arguments again, when the user has the proxy reload its files.
  static func run(
    _ arguments: ProxyArguments, in context: CommandContext,
    again: @escaping () throws(CommandFailure) -> ProxyArguments
  ) throws(CommandFailure) {
    // Otherwise the proxy would end with the process that reads its log, or its track file if that is a pipe.
    signal(SIGPIPE, SIG_IGN)
    try arguments.verify()
    let links = try arguments.network.links()
    let instance = try instance(in: context)
    let configuration = arguments.configuration(instance: instance, links: links)
    let log = arguments.log.logger(in: context, instance: instance)
    do throws(ProxyError) {
      let ending = ending(in: context) { () throws(CommandFailure) in
        try Self.configuration(try again(), instance: instance)
      }
      let loop = try ProxyEventLoop(configuration, log: log, ending: ending)
      context.output.write(arguments.banner(instance: context.instanceName))
      context.output.flush()
      context.output.forgetFailure()
      try loop.run()
    } catch {
      context.logFailure(error.description)
      throw .proxy(error)
    }
  }

  /// The signals that end a proxy, and the one that has it read its configuration again.
  static func ending(
    in context: CommandContext, again: @escaping () throws(CommandFailure) -> ProxyConfiguration
  ) -> ProxyEnding {
    .signals(
      reload: { () throws(ProxyError) in
        do throws(CommandFailure) { return try again() } catch {
          throw .configuration(error.line(programName: context.programName))
        }
      })
  }

  /// The configuration that the arguments describe.
  ///
  /// - Throws: a `CommandFailure` if they contradict each other.
  static func configuration(
    _ arguments: ProxyArguments, instance: InstanceName
  ) throws(CommandFailure) -> ProxyConfiguration {
    try arguments.verify()
    return arguments.configuration(instance: instance, links: try arguments.network.links())
  }

  /// Checks whether `run` could start: options, keys, interfaces, module and instance.
  ///
  /// If a proxy runs already, also checks whether the node and its peers could take over from each other.
  ///
  /// - Throws: a `CommandFailure` for the first problem; `.unfitGroup` if nodes could not take over from each other.
  static func check(_ arguments: ProxyArguments, in context: CommandContext) throws(CommandFailure) {
    try arguments.verify()
    let links = try arguments.network.links()
    guard let name = InstanceName(context.instanceName) else { throw .invalid(.instanceName) }
    let configuration = arguments.configuration(instance: name, links: links)
    do throws(ProxyError) { try configuration.verify() } catch { throw .proxy(error) }
    let instance = try SynchronizationCheck.run(in: context)
    guard let status = try ProxyStatusQuery.status(of: instance, in: context) else {
      return context.messages.hint(
        "No proxy runs for the instance, or only root may ask it. So settings were not compared with those of peers."
      )
    }
    try report(status, in: context)
  }

  /// Reports what keeps the nodes of the group from taking over from each other.
  static func report(_ status: ProxyStatus, in context: CommandContext) throws(CommandFailure) {
    guard status.findings.isEmpty else { throw .unfitGroup(status.findings) }
    if let reason = status.noPeerReason {
      throw .unfitGroup(["\(reason) Check the group, the port, the interfaces and the keys of all nodes."])
    }
    if status.peers.allSatisfy({ $0.state == .silent }) {
      context.messages.hint(
        "Only C proxies are received. They do not send their settings, so no settings were compared.")
    }
  }

  private static func instance(in context: CommandContext) throws(CommandFailure) -> InstanceName {
    do throws(CommandFailure) {
      return try SynchronizationCheck.run(in: context)
    } catch {
      if case .module(let reason) = error { context.logFailure(reason.description) }
      throw error
    }
  }
}
