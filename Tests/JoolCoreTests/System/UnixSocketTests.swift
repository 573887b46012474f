import Foundation
import Glibc
import SystemPackage
import Testing

@testable import JoolCore

/// What a client says if the path leads to no program that answers in the module's place.
@Suite struct UnixSocketTests {
  private let folder: String
  private let path: String

  init() throws {
    folder = "\(NSTemporaryDirectory())/socket-\(UInt64.random(in: .min ... .max))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    path = "\(folder)/s"
  }

  private func failure(_ path: String) -> JoolError? {
    do throws(JoolError) { _ = try UnixSocket(path: path) } catch { return error }
    return nil
  }

  /// A socket of any kind at the path.
  private func bound(_ type: __socket_type, listens: Bool) throws -> OwnedDescriptor {
    let opened = OwnedDescriptor(socket(AF_UNIX, Int32(type.rawValue), 0))
    guard let owned = consume opened else { throw Errno.current }
    #expect(UnixAddress.with(Array(path.utf8)) { bind(owned.rawValue, $0, $1) } == 0)
    if listens { #expect(listen(owned.rawValue, 4) == 0) }
    return owned
  }

  private func end() throws { try FileManager.default.removeItem(atPath: folder) }

  @Test func namesTheFileThatIsMissing() throws {
    #expect(failure(path) == .socket(path: path, .noSuchFileOrDirectory))
    #expect("\(JoolError.socket(path: "/a", .noSuchFileOrDirectory))".hasPrefix("There is no socket '/a'."))
    try end()
  }

  @Test func namesAFileThatIsNoSocket() throws {
    _ = FileManager.default.createFile(atPath: path, contents: nil)
    #expect(failure(path) == .socket(path: path, .notSocket))
    try end()
  }

  @Test func saysThatNobodyListens() throws {
    let socket = try bound(SOCK_SEQPACKET, listens: false)
    #expect(failure(path) == .socket(path: path, .connectionRefused))
    _ = consume socket
    try end()
  }

  @Test func refusesAnotherKindOfSocket() throws {
    let socket = try bound(SOCK_STREAM, listens: true)
    #expect(failure(path) == .socket(path: path, .protocolWrongTypeForSocket))
    _ = consume socket
    try end()
  }

  @Test func refusesAPathThatIsTooLong() throws {
    let long = "/" + String(repeating: "x", count: 107)
    #expect(failure(long) == .socket(path: long, .fileNameTooLong))
    #expect(failure("/a\0b") == .socket(path: "/a\0b", .fileNameTooLong))
    try end()
  }

  @Test func noticesTheEndAndGarbage() throws {
    let listener = try bound(SOCK_SEQPACKET, listens: true)
    var client = try UnixSocket(path: path)
    let opened = OwnedDescriptor(accept(listener.rawValue, nil, nil))
    guard let server = consume opened else { throw Errno.current }
    let nothing = try client.receive(waiting: false)
    #expect(nothing == nil)
    var overrun = NetlinkReply.overrun
    #expect(send(server.rawValue, &overrun, overrun.count, 0) == overrun.count)
    #expect(throws: JoolError.overrun) { _ = try client.receive(waiting: true) }
    _ = consume server
    #expect(throws: JoolError.socket(path: path, .connectionReset)) { _ = try client.receive(waiting: true) }
    #expect(throws: JoolError.socket(path: path, .connectionReset)) { try client.send([1]) }
    _ = consume listener
    try end()
  }

  @Test func hasADefaultPathForEachNameThatFits() throws {
    #expect(Jool.socketPath(of: .default) == "/run/jool/default.sock")
    #expect(Jool.socketPath(of: try #require(InstanceName("a/b"))) == nil)
    #expect(Jool.socketPath(of: try #require(InstanceName(""))) == nil)
    try end()
  }
}
