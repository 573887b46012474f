import Glibc
import JoolCore
import JoolDaemon
import JoolSession

/// Starts a mirror for `session mirror`.
enum MirrorRunner {
  /// Runs the mirror until a signal ends it.
  /// - `again`: reads the command line again, when the user has the mirror reload its files.
  static func run(
    _ command: SessionMirrorCommand, _ group: InstanceName, in context: CommandContext,
    again: @escaping () throws(CommandFailure) -> SessionMirrorCommand
  ) throws(CommandFailure) {
    // Otherwise the mirror would end with the process that reads its log.
    signal(SIGPIPE, SIG_IGN)
    let configuration = try configuration(command, group, in: context)
    let log = command.proxy.arguments.log.logger(in: context, instance: group)
    do throws(ProxyError) {
      let ending = ProxyRunner.ending(in: context) { () throws(CommandFailure) in
        try Self.configuration(try again(), group, in: context)
      }
      try ProxyEventLoop(mirror: configuration, log: log, ending: ending).run()
    } catch {
      context.logFailure(error.description)
      throw .proxy(error)
    }
  }

  /// Checks whether `run` could start: options, files, keys, interfaces and the directory of the snapshots.
  ///
  /// If a mirror runs already, also checks what it has found.
  ///
  /// - Throws: a `CommandFailure` for the first problem; `.unfitGroup` for the findings of a mirror.
  static func check(
    _ command: SessionMirrorCommand, _ group: InstanceName, in context: CommandContext
  ) throws(CommandFailure) {
    let configuration = try configuration(command, group, in: context)
    do throws(ProxyError) { try configuration.verify() } catch {
      throw .proxy(error)
    }
    guard let status = try ProxyStatusQuery.status(of: group, isMirror: true, in: context) else {
      return context.messages.hint("No mirror of this group runs, or only root may ask it.")
    }
    try ProxyRunner.report(status, in: context)
  }

  private static func configuration(
    _ command: SessionMirrorCommand, _ group: InstanceName, in context: CommandContext
  ) throws(CommandFailure) -> ProxyConfiguration {
    var configuration = try ProxyRunner.configuration(command.proxy.arguments, instance: group)
    configuration.mirror = try command.mirror.configuration
    return configuration
  }
}
