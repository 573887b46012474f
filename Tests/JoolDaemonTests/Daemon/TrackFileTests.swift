import Glibc
import SystemPackage
import Testing

@testable import JoolDaemon
@testable import JoolSession

/// Tests of the file for keepalived, in whose place an attacker may have put another file.
@Suite final class TrackFileTests {
  private let folder: String
  private var path: String { folder + "/ready" }
  private var other: String { folder + "/other" }

  init() throws {
    var template = Array("/tmp/jool-track-file.XXXXXX\0".utf8CString)
    folder = try #require(mkdtemp(&template).map { String(cString: $0) })
  }

  deinit {
    for name in ["ready", "other"] { if unlink("\(folder)/\(name)") != 0 { rmdir("\(folder)/\(name)") } }
    rmdir(folder)
  }

  @Test func replacesTheContentsWithOneLine() throws {
    try TrackFile.write(isReady: false, to: path)
    #expect(contents(of: path) == "1\n")
    put("a longer text", into: path)
    try TrackFile.verify(path)
    #expect(contents(of: path) == "a longer text")
    try TrackFile.write(isReady: true, to: path)
    #expect(contents(of: path) == "0\n")
  }

  @Test func refusesASymbolicLink() {
    put("secret", into: other)
    symlink(other, path)
    expectRefusal(.symbolicLink)
    #expect(contents(of: other) == "secret")
    unlink(other)
    expectRefusal(.symbolicLink)
    #expect(access(other, F_OK) != 0)
  }

  @Test func refusesAFileWithSeveralHardLinks() {
    put("secret", into: other)
    link(other, path)
    expectRefusal(.otherNames)
    #expect(contents(of: other) == "secret")
  }

  @Test func refusesDirectoriesDevicesAndSockets() {
    mkdir(path, 0o755)
    expectRefusal(.cannotWrite(.isDirectory))
    rmdir(path)
    #expect(throws: TrackFileError.special) { try TrackFile.write(isReady: true, to: "/dev/null") }
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    let bound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) }
    }
    #expect(bound == 0)
    expectRefusal(.special)
  }

  @Test func writesToAPipeWithoutWaitingForAReader() throws {
    mkfifo(path, 0o600)
    try TrackFile.verify(path)
    try TrackFile.write(isReady: true, to: path)
    let reader = open(path, O_RDONLY | O_NONBLOCK)
    defer { close(reader) }
    try TrackFile.write(isReady: true, to: path)
    var buffer = [UInt8](repeating: 0, count: 16)
    #expect(read(reader, &buffer, buffer.count) == 2 && buffer.starts(with: "0\n".utf8))
  }

  @Test func reportsTheReasonIfTheFileCannotBeCreated() {
    #expect(throws: TrackFileError.cannotWrite(.noSuchFileOrDirectory)) {
      try TrackFile.write(isReady: true, to: "\(folder)/none/ready")
    }
    #expect(throws: TrackFileError.cannotWrite(.noSuchFileOrDirectory)) {
      try TrackFile.verify("\(folder)/none/ready")
    }
  }

  private func expectRefusal(_ error: TrackFileError) {
    #expect(throws: error) { try TrackFile.write(isReady: true, to: path) }
    #expect(throws: error) { try TrackFile.verify(path) }
  }

  private func put(_ text: String, into path: String) {
    guard let file = fopen(path, "w") else { return }
    fputs(text, file)
    fclose(file)
  }

  private func contents(of path: String) -> String {
    guard let file = fopen(path, "r") else { return "" }
    defer { fclose(file) }
    var buffer = [UInt8](repeating: 0, count: 64)
    let count = fread(&buffer, 1, buffer.count, file)
    return String(decoding: buffer.prefix(count), as: UTF8.self)
  }
}
