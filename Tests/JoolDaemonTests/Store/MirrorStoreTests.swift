import Foundation
import Glibc
import JoolCore
import Logging
import TestSupport
import Testing

@testable import JoolDaemon
@testable import JoolSession

/// Whole mirrors on the loopback interface, with a whole proxy of a table in memory beside them.
@Suite struct MirrorStoreTests {
  /// A proxy or a mirror on a thread of its own.
  private struct Node {
    let instance: InstanceName
    let service: ControlService
    private let stop: StopHandle
    private let thread: OnThread<ProxyError?>

    init(
      _ name: String, port: UInt16, peer: UInt16, _ store: Store, format: PeerProtocol = .ss2
    ) throws {
      let instance = try #require(InstanceName("\(name)\(getpid())"))
      let peers = ProxyConfiguration.Peers(peers: [.init(host: "127.0.0.1", port: "\(peer)")], port: "\(port)")
      var configuration = ProxyConfiguration(instance: instance, links: [.peers(peers)], format: format)
      if case .mirror(let mirror) = store { configuration.mirror = mirror }
      let stop = try StopHandle()
      let silence = Logger(label: "") { _ in SwiftLogNoOpLogHandler() }
      thread = OnThread { [configuration] in
        do throws(ProxyError) {
          switch store {
          case .mirror:
            try ProxyEventLoop(mirror: configuration, log: silence, ending: .handle(stop)).run()
          case .table(let table):
            let loop = try ProxyEventLoop(configuration, log: silence, ending: .handle(stop)) { _ throws(ProxyError) in
              MemoryStore(table)
            }
            try loop.run()
          }
          return nil
        } catch {
          return error
        }
      }
      (self.instance, self.stop) = (instance, stop)
      service = if case .mirror = store { .mirror } else { .proxy }
    }

    enum Store {
      case table(MemoryTable)
      case mirror(ProxyConfiguration.Mirror)
    }

    func status() throws -> ProxyStatus? {
      guard let control = try ProxyControl(instance: instance, service) else { return nil }
      return try control.status()
    }

    func end() throws {
      stop.stop()
      let failure = try #require(thread.wait(), "the proxy goes on")
      #expect(failure == nil)
    }
  }

  private static func freePort() throws -> UInt16 { try LocalSocket().address.port }

  private static func wait(until condition: () throws -> Bool) throws -> Bool {
    let end = Instant.now + .seconds(30)
    while Instant.now < end {
      if try condition() { return true }
      usleep(20_000)
    }
    return false
  }

  private static func folder() throws -> String {
    let path = "\(NSTemporaryDirectory())/mirror-\(UInt64.random(in: .min ... .max))"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
  }

  @Test func givesARestartedNodeItsTableBackAndRestartsFromItsSnapshot() throws {
    let (one, two) = (try Self.freePort(), try Self.freePort())
    let state = try Self.folder()
    defer { try? FileManager.default.removeItem(atPath: state) }
    let options = ProxyConfiguration.Mirror(state: state)
    let table = try MemoryTable()
    var node = try Node("node", port: one, peer: two, .table(table))
    var mirror = try Node("mir", port: two, peer: one, .mirror(options))
    let isFound = try Self.wait { try mirror.status()?.nodeStatus.state == .ready }
    #expect(isFound)
    let sessions: [SessionEntry] = (0..<50).map { .sample($0, expiration: 290_000) }
    for session in sessions { #expect(table.translate(session)) }
    #expect(try Self.wait { try mirror.status()?.sessions == 50 })

    // The node is replaced by one with an empty table.
    try node.end()
    let replaced = try MemoryTable()
    node = try Node("node", port: one, peer: two, .table(replaced))
    let keys = Set(sessions.map(SessionKey.init))
    #expect(try Self.wait { Set(replaced.sessions.map(SessionKey.init)) == keys })

    // Both end, and the mirror starts with its snapshot.
    try node.end()
    try mirror.end()
    usleep(1_200_000)
    mirror = try Node("mir", port: two, peer: one, .mirror(options))
    #expect(try Self.wait { try mirror.status()?.nodeStatus.state == .ready })
    #expect(try mirror.status()?.sessions == 50)
    let fresh = try MemoryTable()
    node = try Node("node", port: one, peer: two, .table(fresh))
    #expect(try Self.wait { fresh.sessions.count == 50 })
    let lives = fresh.sessions.map(\.expiration.rawValue)
    // 290 s, without slack because they were idle for 10 s, less the time that both were away.
    #expect(lives.allSatisfy { 230_000...288_800 ~= $0 })
    try node.end()
    try mirror.end()
  }

  @Test func refusesADirectoryThatAnotherMirrorUses() throws {
    let state = try Self.folder()
    defer { try? FileManager.default.removeItem(atPath: state) }
    let lock = try SnapshotFolder(path: state).lock()
    let instance = try #require(InstanceName("use\(getpid())"))
    var proxy = SessionProxy(instance: instance, seed: 1, mirror: MirrorSettings())
    let silence = Logger(label: "") { _ in SwiftLogNoOpLogHandler() }
    #expect(throws: ProxyError.state(state, .inUse)) {
      _ = try MirrorStore(ProxyConfiguration.Mirror(state: state), for: &proxy, log: silence)
    }
    _ = lock.rawValue
  }

  @Test func restoresTheOlderSnapshotAndKeepsTheDamagedOne() throws {
    let state = try Self.folder()
    defer { try? FileManager.default.removeItem(atPath: state) }
    let instance = try #require(InstanceName("old\(getpid())"))
    let silence = Logger(label: "") { _ in SwiftLogNoOpLogHandler() }
    let options = ProxyConfiguration.Mirror(settings: MirrorSettings(pool6: .wellKnown), state: state)
    for round in 1...2 {
      var proxy = SessionProxy(instance: instance, seed: UInt64(round), mirror: options.settings)
      var store = try MirrorStore(options, for: &proxy, log: silence)
      store.check(&proxy, log: silence)
      proxy.finishRestoring()
      let layout = RecordLayout.packed36.encode([.sample(round, expiration: 290_000)])
      _ = proxy.received(datagram: layout.span.bytes, length: layout.count, from: IPv6Address(bits: 9), now: .now)
      proxy.finishRestoring()
      store.end(&proxy, log: silence)
    }
    let newer = "\(state)/sessions.1"
    var bytes = try Data(contentsOf: URL(fileURLWithPath: newer))
    bytes.removeLast()
    try bytes.write(to: URL(fileURLWithPath: newer))
    var proxy = SessionProxy(instance: instance, seed: 9, mirror: options.settings)
    _ = try MirrorStore(options, for: &proxy, log: silence)
    #expect(proxy.status(now: .now).sessions == 1)
    #expect(try FileManager.default.contentsOfDirectory(atPath: state).contains("sessions.1.refused"))
  }
}
