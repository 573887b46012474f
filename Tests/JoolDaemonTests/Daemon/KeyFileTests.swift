import Foundation
import Glibc
import SystemPackage
import Testing

@testable import JoolDaemon
@testable import JoolSession

/// The file of `--net.key-file`.
@Suite struct KeyFileTests {
  private let path = FileManager.default.temporaryDirectory.appendingPathComponent("keys-\(UUID())").path

  private func write(_ text: String, mode: mode_t) throws {
    try text.write(toFile: path, atomically: false, encoding: .utf8)
    #expect(chmod(path, mode) == 0)
  }

  @Test func readsKeysThatOnlyTheirOwnerMayRead() throws {
    defer { unlink(path) }
    try write("# the group\n" + KeyRing.newLine(id: 7) + "\n" + KeyRing.newLine(id: 8) + "\n", mode: 0o600)
    let ring = try KeyRing(file: path)
    #expect(ring.sealingID == 7)
    #expect(ring[8] != nil)
  }

  @Test(arguments: [0o640, 0o604, 0o620, 0o601] as [mode_t]) func refusesKeysThatOthersMayAccess(mode: mode_t) throws {
    defer { unlink(path) }
    try write(KeyRing.newLine(id: 7), mode: mode)
    #expect(throws: KeyFileError.readableByOthers(file: path)) { try KeyRing(file: path) }
  }

  /// Opening a pipe without a writer would block the start, or a reload.
  @Test func aPipeIsNoKeyFile() throws {
    defer { unlink(path) }
    #expect(mkfifo(path, 0o600) == 0)
    #expect(throws: KeyFileError.noFile(path)) { try KeyRing(file: path) }
  }

  @Test func refusesAFileWithoutKeysAndOneThatIsMissing() throws {
    #expect(throws: KeyFileError.cannotRead(file: path, .noSuchFileOrDirectory)) { try KeyRing(file: path) }
    defer { unlink(path) }
    try write("# none yet\n", mode: 0o600)
    #expect(throws: KeyFileError.badKeys(.noKeys(file: path))) { try KeyRing(file: path) }
    try write(String(repeating: "#", count: 1 << 16), mode: 0o600)
    #expect(throws: KeyFileError.cannotRead(file: path, .fileTooLarge)) { try KeyRing(file: path) }
  }
}
