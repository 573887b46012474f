import JoolCore
import JoolDaemon
import JoolSession
import Logging

/// The options of a proxy, as the user wrote them.
struct ProxyArguments: Hashable, Sendable {
  /// The options of the statistics server.
  struct Statistics: Hashable, Sendable {
    var address: String?
    var port: String?
  }

  /// The options of the log.
  struct Log: Hashable, Sendable {
    var level = Logger.Level.info
    var target = LogTarget.auto
  }

  var network = LinkOptions()
  var format = PeerProtocol.auto
  var mtu: Int?
  var statistics = Statistics()
  var log = Log()
  var trackFile: String?
  var keyFile: String?
  var user: String?

  /// Whether the proxy serves statistics.
  var servesStatistics: Bool { statistics != Statistics() }

  private static func list(_ words: [String]) -> String { words.isEmpty ? "(null)" : words.joined(separator: ", ") }

  /// The text that a proxy prints before it logs only.
  func banner(instance: String) -> String {
    let server = """
        stats.addr: \(statistics.address ?? "::")
        stats.port: \(statistics.port ?? "6401")

      """
    return """
      Config:
        mod.instance: \(instance)
        net.mcast.addr: \(network.group ?? "(null)")
        net.mcast.port: \(network.port)
        net.dev.in: \(Self.list(network.inputDevices))
        net.dev.out: \(Self.list(network.outputDevices))
        net.ttl: \(network.timeToLive)
      \(servesStatistics ? server : "")
      joold is intended as a daemon, so it outputs straight to syslog.
      The standard streams will mostly shut up from now on.
      ---------------------------------------------

      """
  }

  /// Checks that the options do not contradict each other: a key file excludes the C proxies' format.
  ///
  /// - Throws: `ArgumentError.sealedLegacy`, as a `CommandFailure`.
  func verify() throws(CommandFailure) {
    if keyFile != nil, format == .legacy { throw .invalid(.sealedLegacy) }
  }

  /// The configuration that the proxy takes, with the default address and port of the statistics server filled in.
  func configuration(instance: InstanceName, links: [ProxyConfiguration.Link]) -> ProxyConfiguration {
    let server = ProxyConfiguration.Statistics(
      address: statistics.address ?? ProxyConfiguration.Statistics.defaultAddress,
      port: statistics.port ?? ProxyConfiguration.Statistics.defaultPort)
    return ProxyConfiguration(
      instance: instance, links: links, statistics: servesStatistics ? server : nil, format: format,
      trackFile: trackFile, keyFile: keyFile, mtu: mtu, logLevel: log.level, user: user)
  }
}
