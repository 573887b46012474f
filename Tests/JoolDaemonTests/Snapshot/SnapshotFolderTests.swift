import Foundation
import Glibc
import JoolCore
import SystemPackage
import TestSupport
import Testing

@testable import JoolDaemon
@testable import JoolSession

@Suite struct SnapshotFolderTests {
  private let now = Instant.now

  /// Runs `body` with a new directory.
  private func inFolder(_ body: (String) throws -> Void) throws {
    let path = "\(NSTemporaryDirectory())/snapshots-\(UInt64.random(in: .min ... .max))"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(path)
  }

  /// The snapshot with this number, which has as many sessions.
  private func encoder(_ number: Int) throws -> SnapshotEncoder {
    var table = try #require(SessionTable(pool6: .wellKnown, now: now))
    for session in 0..<number * 100 { _ = table.upsert(.sample(session), now: now) }
    let snapshot = TableSnapshot(
      group: .default, number: UInt64(number), taken: .now, pool6: .wellKnown, limits: SessionLimits())
    return SnapshotEncoder(snapshot, of: table, now: now)
  }

  /// Writes the snapshots with the numbers 1 and 2.
  private func writeTwo(in path: String) throws {
    let folder = SnapshotFolder(path: path)
    for number in 1...2 { try folder.write(encoder(number), as: SnapshotFolder.names[number - 1]) }
  }

  /// The numbers of the snapshots that can be used, the newest first.
  private func usable(in path: String) -> [UInt64] {
    SnapshotFolder(path: path).look().compactMap { try? $0.content.get().number }
  }

  @Test func readsTheNewerOneFirst() throws {
    try inFolder { path in
      try writeTwo(in: path)
      #expect(usable(in: path) == [2, 1])
      try SnapshotFolder(path: path).write(encoder(3), as: SnapshotFolder.names[0])
      #expect(usable(in: path) == [3, 2])
      var count = 0
      try SnapshotFolder(path: path).read(SnapshotFolder.names[0]) { _ in count += 1 }
      #expect(count == 300)
    }
  }

  @Test(arguments: [FaultyFiles.Fault.error(.noSpace), .error(.ioError), .error(.readOnlyFileSystem), .end])
  func keepsTheLastCompletedSnapshotWhateverFails(fault: FaultyFiles.Fault) throws {
    var calls = 0
    var isStruck = true
    while isStruck {
      try inFolder { path in
        try writeTwo(in: path)
        let files = FaultyFiles(fault, at: calls)
        var failure: SnapshotFolder.WriteFailure?
        do throws(SnapshotFolder.WriteFailure) {
          try SnapshotFolder(path: path, files: files).write(encoderOrFail(3), as: SnapshotFolder.names[0])
        } catch {
          failure = error
        }
        isStruck = files.hasStruck
        #expect((failure != nil) == isStruck)
        let found = usable(in: path)
        #expect(found == [2, 1] || found == [3, 2], "call \(calls): \(found)")
        if failure == nil { #expect(found == [3, 2]) }
        let names = Set(try FileManager.default.contentsOfDirectory(atPath: path))
        if fault != .end { #expect(!names.contains(SnapshotFolder.unfinished), "call \(calls) leaves a file") }
        // The next one is written whatever was left.
        try SnapshotFolder(path: path).write(encoder(4), as: SnapshotFolder.names[0])
        #expect(usable(in: path).first == 4)
      }
      calls += 1
    }
    #expect(calls > 15, "each of the calls has failed once")
  }

  private func encoderOrFail(_ number: Int) -> SnapshotEncoder {
    do { return try encoder(number) } catch { preconditionFailure("\(error)") }
  }

  @Test func usesTheOlderOneIfTheNewerOneIsDamaged() throws {
    try inFolder { path in
      try writeTwo(in: path)
      let folder = SnapshotFolder(path: path)
      let newer = URL(fileURLWithPath: folder.path(of: SnapshotFolder.names[1]))
      var bytes = try Data(contentsOf: newer)
      bytes[bytes.count / 2] ^= 1
      try bytes.write(to: newer)
      let found = folder.look()
      #expect(found.map(\.name) == SnapshotFolder.names)
      #expect(throws: SnapshotFolder.Refusal.unfit(.damaged)) { try found[1].content.get() }
      #expect(folder.setAside(found[1].name) == "sessions.1.refused")
      #expect(folder.look().count == 1)
    }
  }

  @Test func replacesAnUnfinishedFileThatIsReadOnly() throws {
    try inFolder { path in
      let folder = SnapshotFolder(path: path)
      #expect(FileManager.default.createFile(atPath: folder.path(of: SnapshotFolder.unfinished), contents: Data([1])))
      #expect(chmod(folder.path(of: SnapshotFolder.unfinished), 0o400) == 0)
      try folder.write(encoder(1), as: SnapshotFolder.names[0])
      #expect(usable(in: path) == [1])
    }
  }

  @Test func belongsToOneMirror() throws {
    try inFolder { path in
      let folder = SnapshotFolder(path: path)
      let lock = try folder.lock()
      #expect(throws: StateFault.inUse) { _ = try folder.lock() }
      _ = consume lock
      _ = try folder.lock()
    }
    #expect(throws: StateFault.unusable(.noSuchFileOrDirectory)) { _ = try SnapshotFolder(path: "/nowhere").lock() }
    #expect(throws: StateFault.unusable(.noSuchFileOrDirectory)) { try SnapshotFolder(path: "/nowhere").verify() }
  }
}
