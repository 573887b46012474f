import Glibc
import JoolCore
import Logging
import TestSupport
import Testing

@testable import JoolDaemon
@testable import JoolSession

/// Whole proxies on the loopback interface, each with its thread, its sockets and a table in memory.
@Suite struct ProxyEventLoopTests {
  /// A proxy on a thread of its own.
  private struct Node {
    let instance: InstanceName
    let table: MemoryTable
    private let stop: StopHandle
    /// The error of the proxy; `nil` if it ended without one.
    private let thread: OnThread<ProxyError?>

    init(_ name: String, port: UInt16, peer: UInt16) throws {
      let instance = try #require(InstanceName("\(name)\(getpid())"))
      let peers = ProxyConfiguration.Peers(peers: [.init(host: "127.0.0.1", port: "\(peer)")], port: "\(port)")
      let configuration = ProxyConfiguration(instance: instance, links: [.peers(peers)], format: .ss2)
      let (table, stop) = (try MemoryTable(), try StopHandle())
      let silence = Logger(label: "") { _ in SwiftLogNoOpLogHandler() }
      thread = OnThread {
        do throws(ProxyError) {
          let loop = try ProxyEventLoop(configuration, log: silence, ending: .handle(stop)) { _ throws(ProxyError) in
            MemoryStore(table)
          }
          try loop.run()
          return nil
        } catch {
          return error
        }
      }
      (self.instance, self.table, self.stop) = (instance, table, stop)
    }

    /// The present status of the proxy; `nil` if it does not run.
    func status() throws -> ProxyStatus? {
      guard let control = try ProxyControl(instance: instance) else { return nil }
      return try control.status()
    }

    /// Has the proxy send its whole table.
    /// - Returns: the number of sessions; `nil` if it does not run.
    func advertise() throws -> Int? {
      guard let control = try ProxyControl(instance: instance) else { return nil }
      return try control.advertise()
    }

    /// Ends the proxy.
    func end() throws {
      stop.stop()
      let failure = try #require(thread.wait(), "the proxy goes on")
      #expect(failure == nil)
    }
  }

  /// A port that no socket has.
  private static func freePort() throws -> UInt16 { try LocalSocket().address.port }

  /// Waits until the condition holds, for at most half a minute.
  private static func wait(until condition: () throws -> Bool) throws -> Bool {
    let end = Instant.now + .seconds(30)
    while Instant.now < end {
      if try condition() { return true }
      usleep(20_000)
    }
    return false
  }

  @Test func keepsTwoTablesEqualUntilItIsEnded() throws {
    let (one, two) = (try Self.freePort(), try Self.freePort())
    let near = try Node("near", port: one, peer: two)
    let far = try Node("far", port: two, peer: one)
    for node in [near, far] {
      let isReady = try Self.wait { try node.status()?.nodeStatus.state == .ready }
      #expect(isReady)
    }
    let session = SessionEntry.sample(1, expiration: 290_000)
    #expect(near.table.translate(session))
    #expect(try Self.wait { far.table.sessions.map(SessionKey.init) == [SessionKey(session)] })
    #expect(try near.advertise() == 1)
    try near.end()
    #expect(try near.status() == nil, "the control socket is closed")
    let isTold = try Self.wait { try far.status()?.peers.allSatisfy { $0.state != .ready } == true }
    #expect(isTold, "a node that ends leaves the group at once")
    try far.end()
  }
}
