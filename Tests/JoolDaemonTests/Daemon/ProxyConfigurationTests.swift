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

  /// SIGHUP cannot change these options, so it must report that they still need a restart.
  @Test(arguments: changes.indices) func reportsOptionsThatNeedARestart(index: Int) {
    var other = Self.configuration
    Self.changes[index].1(&other)
    #expect(Self.configuration.differences(from: other) == [Self.changes[index].0])
  }

  @Test func reportsThatRemovingTheKeyFileNeedsARestart() {
    var sealed = Self.configuration
    sealed.keyFile = "keys"
    #expect(
      sealed.differences(from: Self.configuration) == [
        "net.key-file (until then frames are sealed as before)"
      ])
    var moved = sealed
    moved.keyFile = "other keys"
    #expect(sealed.differences(from: moved).isEmpty, "Another key file required a restart.")
  }

  @Test func appliesTheLogLevelWithoutARestart() {
    var other = Self.configuration
    other.logLevel = .debug
    #expect(Self.configuration.differences(from: other).isEmpty)
  }
}
