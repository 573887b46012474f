import Glibc
import JoolCore
import Logging
import TestSupport
import Testing

@testable import JoolDaemon
@testable import JoolSession

/// What changes when the user wants the configuration read again, and what waits for a restart.
@Suite(.serialized) struct ReloadTests {
  private static func configuration(port: UInt16, peer: String = "127.0.0.1") throws -> ProxyConfiguration {
    let peers = ProxyConfiguration.Peers(peers: [.init(host: peer, port: "6400")], port: "\(port)")
    return ProxyConfiguration(
      instance: try #require(InstanceName("reload\(getpid())")), links: [.peers(peers)], format: .ss2)
  }

  /// Opens a proxy and has it read its configuration again.
  /// - Returns: the configuration afterwards.
  private static func reload(
    _ old: ProxyConfiguration, as load: @escaping ProxyEnding.LoadConfiguration
  ) throws -> ProxyConfiguration {
    // The proxy blocks signals in this thread, which other tests use afterwards.
    try withUnblocked([]) {
      let silence = Logger(label: "") { _ in SwiftLogNoOpLogHandler() }
      let table = try MemoryTable()
      var loop = try ProxyEventLoop(old, log: silence, ending: .signals(reload: load)) { _ throws(ProxyError) in
        MemoryStore(table)
      }
      loop.reload()
      while let pending = loop.configuration.pending {
        var poller = Poller()
        poller.watch(pending.lookUp.descriptor)
        try poller.wait(until: .now + .seconds(10))
        loop.continueReload(poller)
      }
      return loop.configuration.current
    }
  }

  @Test func peersAndTheLogLevelChangeAndTheRestWaits() throws {
    let port = try LocalSocket().address.port
    let old = try Self.configuration(port: port)
    var new = try Self.configuration(port: port, peer: "127.0.0.2")
    (new.logLevel, new.mtu) = (.debug, 1400)
    let current = try Self.reload(old) { new }
    #expect(current.links == new.links)
    #expect(current.logLevel == .debug)
    #expect(current.mtu == nil, "the MTU waits for a restart")
  }

  /// Nothing is half applied.
  @Test func nothingChangesIfAnythingIsWrong() throws {
    let port = try LocalSocket().address.port
    let old = try Self.configuration(port: port)
    var new = try Self.configuration(port: port, peer: "224.0.0.1")
    new.logLevel = .debug
    #expect(try Self.reload(old) { new } == old)
    #expect(try Self.reload(old) { () throws(ProxyError) in throw .configuration("no such file") } == old)
  }
}
