import JoolCore
import Logging
import Testing

@testable import JoolDaemon
@testable import JoolSession

@Suite struct ProxyConfigurationTests {
  private static let configuration = ProxyConfiguration(
    instance: .default, links: [.group(ProxyConfiguration.Network(group: "ff08::1"))])

  private static let changes: [(String, @Sendable (inout ProxyConfiguration) -> Void)] = [
    ("group, port, interfaces or the use of peers (net.…)", { $0.links = [] }),
    ("net.key-file (until then frames are not sealed)", { $0.keyFile = "keys" }),
    ("net.mtu", { $0.mtu = 1400 }),
    ("net.format", { $0.format = .ss2 }),
    ("stats.address or stats.port", { $0.statistics = ProxyConfiguration.Statistics() }),
    ("track-file", { $0.trackFile = "ready" }),
    ("user", { $0.user = "jool" }),
  ]

  /// What SIGHUP cannot change must not be thought to have changed.
  @Test(arguments: changes.indices) func tellsWhatWaitsForARestart(index: Int) {
    var other = Self.configuration
    Self.changes[index].1(&other)
    #expect(Self.configuration.differences(from: other) == [Self.changes[index].0])
  }

  @Test func saysThatFramesAreSealedAsBefore() {
    var sealed = Self.configuration
    sealed.keyFile = "keys"
    #expect(
      sealed.differences(from: Self.configuration) == [
        "net.key-file (until then frames are sealed as before)"
      ])
    var moved = sealed
    moved.keyFile = "other keys"
    #expect(sealed.differences(from: moved).isEmpty, "keys change without a restart")
  }

  @Test func theLogLevelNeedsNoRestart() {
    var other = Self.configuration
    other.logLevel = .debug
    #expect(Self.configuration.differences(from: other).isEmpty)
  }
}
