import JoolCore
import JoolSession
import Logging

/// Starts a proxy for `session proxy` and for `joold`.
enum ProxyRunner {
  /// Exchanges sessions until a signal ends it. Whatever prevents that is found before anything is printed.
  /// - Parameter again: the arguments as files have them when the user wants them read anew.
  static func run(
    _ arguments: ProxyArguments, in context: CommandContext,
    again: @escaping () throws(CommandFailure) -> ProxyArguments
  ) throws(CommandFailure) {
    try arguments.verify()
    let links = try arguments.links()
    let instance = try instance(in: context)
    let configuration = arguments.configuration(instance: instance, links: links)
    let log = arguments.log(in: context, instance: instance)
    do throws(ProxyError) {
      var loop = try ProxyEventLoop(configuration, log: log) { () throws(ProxyError) in
        do throws(CommandFailure) {
          let arguments = try again()
          try arguments.verify()
          return arguments.configuration(instance: instance, links: try arguments.links())
        } catch {
          throw .configuration(error.line(programName: context.programName))
        }
      }
      context.output.write(arguments.banner(instance: context.instanceName))
      context.output.flush()
      try loop.run()
    } catch {
      context.logFailure(error.text)
      throw .proxy(error)
    }
  }

  /// Whether `run` could begin: options, keys, interfaces, module and instance. If a proxy runs already, also whether the
  /// node and its peers could take over from each other.
  static func check(_ arguments: ProxyArguments, in context: CommandContext) throws(CommandFailure) {
    try arguments.verify()
    let links = try arguments.links()
    let instance = try SynchronizationCheck.run(in: context)
    let configuration = arguments.configuration(instance: instance, links: links)
    do throws(ProxyError) { try configuration.verify() } catch { throw .proxy(error) }
    guard let status = try? context.proxyStatus(instance) else {
      return context.hint("No proxy runs for the instance, so its settings were not compared with those of peers.")
    }
    guard status.findings.isEmpty else { throw .unfitGroup(status.findings) }
  }

  private static func instance(in context: CommandContext) throws(CommandFailure) -> InstanceName {
    do throws(CommandFailure) {
      return try SynchronizationCheck.run(in: context)
    } catch {
      if case .module(let reason) = error { context.logFailure(reason.text) }
      throw error
    }
  }
}

extension ProxyArguments {
  /// HOST, HOST:PORT, [HOST] or [HOST]:PORT; more than one colon without brackets is an IPv6 address.
  static func peer(_ text: String) throws(ArgumentError) -> ProxyConfiguration.Peers.Peer {
    let host: Substring
    var rest: Substring
    if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
      host = text[text.index(after: text.startIndex)..<end]
      rest = text[text.index(after: end)...]
    } else if text.count(where: { $0 == ":" }) == 1, let colon = text.firstIndex(of: ":") {
      (host, rest) = (text[..<colon], text[colon...])
    } else {
      (host, rest) = (text[...], "")
    }
    guard !host.isEmpty, rest.isEmpty || (rest.removeFirst() == ":" && !rest.isEmpty) else { throw .notPeer(text) }
    return .init(host: String(host), port: String(rest))
  }

  /// What contradicts itself.
  func verify() throws(CommandFailure) {
    if keyFile != nil, format == .legacy { throw .invalid(.sealedLegacy) }
  }

  /// The ways to the peers.
  func links() throws(CommandFailure) -> [ProxyConfiguration.Link] {
    var links: [ProxyConfiguration.Link] = []
    if let group = multicastAddress {
      guard inputDevices.isEmpty || outputDevices.isEmpty || inputDevices.count == outputDevices.count else {
        throw .invalid(.unequalDevices(incoming: inputDevices, outgoing: outputDevices))
      }
      for index in 0..<max(inputDevices.count, outputDevices.count, 1) {
        links.append(
          .group(
            ProxyConfiguration.Network(
              group: group, port: multicastPort, incomingInterface: inputDevices.dropFirst(index).first,
              outgoingInterface: outputDevices.dropFirst(index).first, ttl: UInt32(timeToLive))))
      }
    }
    if !peers.isEmpty {
      let peers = peers.map { $0.port.isEmpty ? .init(host: $0.host, port: multicastPort) : $0 }
      links.append(.peers(ProxyConfiguration.Peers(peers: peers, port: multicastPort)))
    }
    guard !links.isEmpty else { throw .invalid(.noMulticastAddress) }
    return links
  }

  /// The same as the proxy wants it.
  func configuration(instance: InstanceName, links: [ProxyConfiguration.Link]) -> ProxyConfiguration {
    let statistics = ProxyConfiguration.Statistics(
      address: statisticsAddress ?? ProxyConfiguration.Statistics.defaultAddress,
      port: statisticsPort ?? ProxyConfiguration.Statistics.defaultPort)
    return ProxyConfiguration(
      instance: instance, links: links, statistics: servesStatistics ? statistics : nil, format: format,
      trackFile: trackFile, keyFile: keyFile, mtu: mtu, logLevel: logLevel, user: user)
  }
}
