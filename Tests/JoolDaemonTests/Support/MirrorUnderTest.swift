import Foundation
import Glibc
import JoolCore
import Logging
import TestSupport
import Testing

@testable import JoolDaemon
@testable import JoolSession

/// A whole mirror on a thread of its own, with a socket for clients, which receives a C proxy on the loopback interface.
final class MirrorUnderTest: Sendable {
  let instance: InstanceName
  /// The path of the mirror's socket.
  let path: String
  private let folder: String
  private let port: UInt16
  private let peer: UInt16
  private let stop: StopHandle
  private let thread: OnThread<ProxyError?>

  /// Starts the mirror.
  /// - `knowsPool6`: whether its settings have pool6, without which it has no table.
  init(_ name: String, knowsPool6: Bool = true) throws {
    instance = try #require(InstanceName("\(name)\(getpid())"))
    folder = "\(NSTemporaryDirectory())/\(name)-\(UInt64.random(in: .min ... .max))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    path = "\(folder)/socket"
    (port, peer) = (try LocalSocket().address.port, try LocalSocket().address.port)
    let peers = ProxyConfiguration.Peers(peers: [.init(host: "127.0.0.1", port: "\(peer)")], port: "\(port)")
    var configuration = ProxyConfiguration(instance: instance, links: [.peers(peers)])
    configuration.mirror = ProxyConfiguration.Mirror(
      settings: MirrorSettings(pool6: knowsPool6 ? .wellKnown : nil), socket: .init(path: path))
    let stop = try StopHandle()
    let silence = Logger(label: "") { _ in SwiftLogNoOpLogHandler() }
    thread = OnThread { [configuration] in
      do throws(ProxyError) {
        try ProxyEventLoop(mirror: configuration, log: silence, ending: .handle(stop)).run()
        return nil
      } catch {
        return error
      }
    }
    self.stop = stop
    let isThere = try Self.wait { FileManager.default.fileExists(atPath: path) }
    try #require(isThere)
  }

  func client() throws(JoolError) -> JoolClient<UnixSocket> { try Jool.connect(socket: path, instance: instance) }

  /// Has the mirror store sessions, as a C proxy announces them.
  func feed(_ sessions: [SessionEntry]) throws {
    let socket = try LocalSocket(port: peer)
    for start in stride(from: 0, to: sessions.count, by: 30) {
      let records = RecordLayout.packed36.encode(sessions[start...].prefix(30))
      let isSent = socket.send(records, to: SocketAddress(NetworkSamples.host("127.0.0.1"), port: port))
      try #require(isSent)
      if start % 3000 == 0 { usleep(2000) }
    }
  }

  /// Waits until the mirror has at least this number of sessions.
  func waitForSessions(_ count: UInt64) throws {
    let isThere = try Self.wait {
      guard let control = try ProxyControl(instance: instance, .mirror) else { return false }
      return try control.status().sessions >= count
    }
    try #require(isThere)
  }

  static func wait(until condition: () throws -> Bool) throws -> Bool {
    let end = Instant.now + .seconds(60)
    while Instant.now < end {
      if try condition() { return true }
      usleep(5000)
    }
    return false
  }

  func end() throws {
    stop.stop()
    let failure = try #require(thread.wait(), "the mirror goes on")
    #expect(failure == nil)
    #expect(!FileManager.default.fileExists(atPath: path))
    try FileManager.default.removeItem(atPath: folder)
  }
}

/// A client that sends any bytes.
final class RawClient: Sendable {
  private let descriptor: Int32

  init(_ path: String) throws {
    descriptor = socket(AF_UNIX, Int32(SOCK_SEQPACKET.rawValue), 0)
    try #require(UnixAddress.with(Array(path.utf8)) { connect(descriptor, $0, $1) } == 0)
  }

  deinit { close(descriptor) }

  /// Whether the bytes were sent; otherwise there is no room, or nobody is connected any more.
  @discardableResult
  func send(_ bytes: [UInt8]) -> Bool {
    Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL)) == bytes.count
  }

  /// The next datagram; empty at the end, and `nil` if none arrives in time.
  func receive(within time: TimeAmount = .seconds(5)) throws -> [UInt8]? {
    guard try isReadable(descriptor, within: time) else { return nil }
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    return Array(buffer[..<max(count, 0)])
  }
}
