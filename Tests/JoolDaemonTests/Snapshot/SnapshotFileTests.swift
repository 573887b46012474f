import Foundation
import Glibc
import JoolCore
import SystemPackage
import TestSupport
import Testing

@testable import JoolDaemon
@testable import JoolSession

@Suite struct SnapshotFileTests {
  private let now = Instant.now

  /// Runs `body` with a new directory.
  private func inFolder(_ body: (String) throws -> Void) throws {
    let path = "\(NSTemporaryDirectory())/saved-\(UInt64.random(in: .min ... .max))"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(path)
  }

  private func encoder(_ count: Int) -> SnapshotEncoder {
    guard var table = SessionTable(pool6: .wellKnown, now: now) else { preconditionFailure("pool6 is valid") }
    for number in 0..<count { _ = table.upsert(.sample(number), now: now) }
    let snapshot = TableSnapshot(
      group: .default, number: 0, taken: .now, pool6: .wellKnown, limits: SessionLimits())
    return SnapshotEncoder(snapshot, of: table, now: now)
  }

  private func names(in path: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path).sorted()
  }

  @Test func replacesAFileThatOnlyItsOwnerCanRead() throws {
    try inFolder { path in
      let file = SnapshotFile(path: "\(path)/a")
      try file.write(encoder(10))
      try file.write(encoder(300))
      #expect(try file.load().table.count == 300)
      #expect(try names(in: path) == ["a"])
      var status = stat()
      #expect(stat("\(path)/a", &status) == 0)
      #expect(status.st_mode & 0o7777 == 0o600)
    }
  }

  @Test(arguments: [FaultyFiles.Fault.error(.noSpace), .error(.ioError), .error(.readOnlyFileSystem), .end])
  func keepsTheFormerFileWhateverFails(fault: FaultyFiles.Fault) throws {
    var calls = 0
    var isStruck = true
    while isStruck {
      try inFolder { path in
        try SnapshotFile(path: "\(path)/a").write(encoder(10))
        let files = FaultyFiles(fault, at: calls)
        var failure: SnapshotFile.Failure?
        let file = SnapshotFile(path: "\(path)/a", files: files)
        do throws(SnapshotFile.Failure) { try file.write(encoder(300)) } catch {
          failure = error
        }
        isStruck = files.hasStruck
        #expect((failure != nil) == isStruck, "call \(calls)")
        let count = try SnapshotFile(path: "\(path)/a").load().table.count
        #expect(count == 10 || count == 300, "call \(calls)")
        if failure == nil { #expect(count == 300) }
        if fault != .end { #expect(try names(in: path) == ["a"], "call \(calls) leaves a file") }
      }
      calls += 1
    }
    #expect(calls > 15, "each of the calls has failed once")
  }

  @Test func replacesNothingButRegularFiles() throws {
    try inFolder { path in
      #expect(throws: SnapshotFile.Failure.notRegular) { try SnapshotFile(path: path).write(encoder(1)) }
      #expect(throws: SnapshotFile.Failure.notRegular) { try SnapshotFile(path: "/dev/null").write(encoder(1)) }
      #expect(throws: SnapshotFile.Failure.notRegular) { try SnapshotFile(path: "\(path)/").write(encoder(1)) }
      #expect(throws: SnapshotFile.Failure.cannotWrite(step: "create", .noSuchFileOrDirectory)) {
        try SnapshotFile(path: "\(path)/no/a").write(encoder(1))
      }
      // The file that a link leads to is replaced, and the link stays.
      try SnapshotFile(path: "\(path)/a").write(encoder(1))
      try FileManager.default.createSymbolicLink(atPath: "\(path)/link", withDestinationPath: "a")
      try SnapshotFile(path: "\(path)/link").write(encoder(7))
      #expect(try SnapshotFile(path: "\(path)/a").load().table.count == 7)
      #expect(try names(in: path) == ["a", "link"])
    }
  }

  @Test func namesTheReasonWhyAFileIsNotRead() throws {
    try inFolder { path in
      func reason(_ name: String) -> SnapshotFile.Failure? {
        do throws(SnapshotFile.Failure) {
          _ = try SnapshotFile(path: "\(path)/\(name)").load()
          return nil
        } catch {
          return error
        }
      }
      #expect(reason("a") == .cannotRead(.noSuchFileOrDirectory))
      #expect(reason(".") == .cannotRead(.isDirectory))
      try Data("{}, which is no snapshot".utf8).write(to: URL(fileURLWithPath: "\(path)/json"))
      #expect(reason("json") == .unfit(.notSnapshot))
      try SnapshotFile(path: "\(path)/a").write(encoder(100))
      let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(path)/a"))
      try bytes.prefix(bytes.count - 1).write(to: URL(fileURLWithPath: "\(path)/torn"))
      #expect(reason("torn") == .unfit(.truncated))
      var damaged = bytes
      damaged[500] ^= 1
      try damaged.write(to: URL(fileURLWithPath: "\(path)/damaged"))
      #expect(reason("damaged") == .unfit(.damaged))
      #expect(reason("a") == nil)
    }
  }
}
