import CLinux
import Foundation
import Glibc
import JoolCore
import SystemPackage
import Testing

@testable import JoolDaemon
@testable import JoolSession

@Suite struct TableListenerTests {
  private let folder: String
  private let path: String
  private let access = FileAccess(owner: geteuid(), group: getegid(), mode: 0o640)

  init() throws {
    folder = "\(NSTemporaryDirectory())/listener-\(UInt64.random(in: .min ... .max))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    path = "\(folder)/s"
  }

  /// The mode of the socket's file; `nil` if there is no file, or another kind of file.
  private func mode() -> Int? {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    guard attributes?[.type] as? FileAttributeType == .typeSocket else { return nil }
    return (attributes?[.posixPermissions] as? NSNumber)?.intValue
  }

  private func fault() -> SocketFault? {
    do throws(SocketFault) { _ = try TableListener(path: path, access) } catch { return error }
    return nil
  }

  @Test func makesTheFileAndRemovesIt() throws {
    do {
      let listener = try TableListener(path: path, access)
      #expect(mode() == 0o640)
      #expect(listener.path == path)
      let hasInput = try isReadable(listener.descriptor, within: .milliseconds(1))
      #expect(!hasInput)
    }
    #expect(mode() == nil)
    try FileManager.default.removeItem(atPath: folder)
  }

  /// A mirror writes its snapshots in another thread.
  @Test func takesNoRightsFromFilesOfOtherThreads() throws {
    let (sockets, file) = (path, "\(folder)/file")
    let access = access
    DispatchQueue.concurrentPerform(iterations: 2) { thread in
      for _ in 0..<300 {
        if thread == 0 {
          #expect(throws: Never.self) { _ = try TableListener(path: sockets, access) }
        } else {
          let descriptor = open(file, O_CREAT | O_EXCL | O_WRONLY, 0o600)
          var status = stat()
          #expect(fstat(descriptor, &status) == 0 && status.st_mode & 0o777 == 0o600)
          close(descriptor)
          unlink(file)
        }
      }
    }
    try FileManager.default.removeItem(atPath: folder)
  }

  @Test func replacesASocketOnWhichNobodyListens() throws {
    guard let stale = OwnedDescriptor(socket(AF_UNIX, Int32(SOCK_SEQPACKET.rawValue), 0)) else { throw Errno.current }
    #expect(UnixAddress.with(Array(path.utf8)) { bind(stale.rawValue, $0, $1) } == 0)
    let listener = try TableListener(path: path, access)
    #expect(mode() == 0o640)
    _ = consume listener
    _ = consume stale
    try FileManager.default.removeItem(atPath: folder)
  }

  @Test func leavesWhatIsInUseAndOtherFilesAlone() throws {
    let listener = try TableListener(path: path, access)
    #expect(fault() == .inUse)
    #expect(mode() == 0o640)
    _ = consume listener
    _ = FileManager.default.createFile(atPath: path, contents: Data([1]))
    #expect(fault() == .otherFile)
    #expect(FileManager.default.contents(atPath: path) == Data([1]))
    unlink(path)
    #expect(symlink("/etc/passwd", path) == 0)
    #expect(fault() == .otherFile)
    try FileManager.default.removeItem(atPath: folder)
  }

  @Test func leavesTheFileOfAnother() throws {
    do {
      let listener = try TableListener(path: path, access)
      unlink(path)
      _ = FileManager.default.createFile(atPath: path, contents: Data([2]))
      _ = consume listener
    }
    #expect(FileManager.default.contents(atPath: path) == Data([2]))
    try FileManager.default.removeItem(atPath: folder)
  }

  @Test func namesTheReason() throws {
    let (long, missing) = ("/" + String(repeating: "x", count: 107), "\(folder)/no/s")
    #expect(throws: SocketFault.pathTooLong) { _ = try TableListener(path: long, access) }
    #expect(throws: SocketFault.failed(.noSuchFileOrDirectory)) { _ = try TableListener(path: missing, access) }
    try FileManager.default.removeItem(atPath: folder)
  }

  /// Descriptors from 3 on, which systemd passes, are something else here.
  @Test func takesOnlyASocketThatListens() {
    let own = "\(getpid())"
    func takes(_ process: String?, _ count: String?) -> Bool {
      let taken = TableListener { $0 == "LISTEN_PID" ? process : $0 == "LISTEN_FDS" ? count : nil }
      return taken.borrowed { _ in true } ?? false
    }
    #expect(!takes(nil, nil))
    #expect(!takes("1", "1"))
    #expect(!takes(own, "0"))
    #expect(!takes(own, "x"))
    #expect(!takes(own, "9999"))
  }
}
