internal import Glibc
internal import JoolCore
internal import JoolSession
public import SystemPackage

/// The directory of a mirror's snapshots (`--state`): two of them, of which each new one replaces the older.
///
/// A snapshot is written aside, and gets its name when it is on the disk. So whatever stops the writing, the last
/// snapshot that was completed is there. A file that cannot be used is renamed, so that nothing overwrites it.
struct SnapshotFolder: Sendable {
  let path: String
  private let files: any SnapshotFiles
  /// The names of the two snapshots.
  static let names = ["sessions.0", "sessions.1"]
  /// The name of the snapshot that is being written.
  static let unfinished = "sessions.new"
  private let unfinished: String
  /// What the name of a file that was refused ends with.
  static let refusedSuffix = ".refused"
  /// The name of the file that a running mirror has locked.
  private static let lockName = "lock"
  private static let blockSize = 1 << 20

  /// Uses a directory that exists.
  init(path: String, unfinished: String = Self.unfinished, files: any SnapshotFiles = SystemSnapshotFiles()) {
    self.path = path
    self.unfinished = unfinished
    self.files = files
  }

  /// The path of a file in the directory.
  func path(of name: String) -> String { FilePath(path).appending(name).string }

  // MARK: Use

  /// Locks the directory, and checks that files can be created in it.
  ///
  /// - Returns: the descriptor that has the lock until it is closed.
  /// - Throws: `StateFault` if another mirror uses the directory, or if this one cannot.
  func lock() throws(StateFault) -> OwnedDescriptor {
    // It is not opened for writing, so that an administrator can make the disk read-only meanwhile.
    let file = open(path(of: Self.lockName), O_RDONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard let file = OwnedDescriptor(file) else { throw .unusable(.current) }
    guard flock(file.rawValue, LOCK_EX | LOCK_NB) == 0 else {
      throw Errno.current == .wouldBlock ? .inUse : .unusable(.current)
    }
    return file
  }

  /// Checks that files can be created in the directory, without the lock, which a running mirror may have.
  /// - Throws: `StateFault.unusable` if the directory does not exist or cannot be written.
  func verify() throws(StateFault) {
    guard faccessat(AT_FDCWD, path(of: "."), W_OK | X_OK, AT_EACCESS) == 0 else { throw .unusable(.current) }
  }

  // MARK: Writing

  /// The reason why a snapshot was not written.
  struct WriteFailure: Error, Hashable {
    /// The step that failed, as a verb: `write`, `rename`, ….
    let step: String
    let errno: Errno
  }

  /// Writes a snapshot under one of the two names.
  ///
  /// Blocks until it is on the disk. If it fails, both former snapshots are as they were.
  func write(_ encoder: consuming SnapshotEncoder, as name: String) throws(WriteFailure) {
    let new = path(of: unfinished)
    try step("remove") { () throws(Errno) in try files.remove(new) }
    do throws(WriteFailure) {
      try fill(new, encoder)
      try step("rename") { () throws(Errno) in try files.rename(new, to: path(of: name)) }
    } catch {
      try? files.remove(new)  // it would only occupy space
      throw error
    }
    try step("sync") { () throws(Errno) in try files.sync(folder: path) }
  }

  private func fill(_ new: String, _ encoder: consuming SnapshotEncoder) throws(WriteFailure) {
    var encoder = encoder
    let file = try step("create") { () throws(Errno) in try files.create(new) }
    defer { files.close(file) }
    while let block = encoder.next() {
      var rest = block[...]
      while !rest.isEmpty {
        let count = try step("write") { () throws(Errno) in try files.write(rest, to: file) }
        rest = rest.dropFirst(count)
      }
    }
    try step("sync") { () throws(Errno) in try files.sync(file) }
  }

  private func step<Value>(_ name: String, _ body: () throws(Errno) -> Value) throws(WriteFailure) -> Value {
    while true {
      do throws(Errno) { return try body() } catch {
        if error != .interrupted { throw WriteFailure(step: name, errno: error) }
      }
    }
  }

  // MARK: Reading

  /// A file in the directory, and whether it can be used.
  struct Found {
    let name: String
    let content: Result<TableSnapshot, Refusal>
  }

  /// The reason why a file is not used.
  enum Refusal: Error, Hashable {
    case cannotRead(Errno)
    case unfit(SnapshotError)
  }

  /// Reads both snapshots to the end, the newer one first, and those that cannot be used last.
  ///
  /// Blocks for the files. Those that do not exist are left out.
  func look() -> [Found] {
    let found = Self.names.compactMap { name -> Found? in
      do throws(Refusal) {
        return Found(name: name, content: .success(try read(name) { _ in }))
      } catch {
        return error == .cannotRead(.noSuchFileOrDirectory) ? nil : Found(name: name, content: .failure(error))
      }
    }
    return found.sorted { $0.number > $1.number }
  }

  /// Reads a snapshot, and calls `body` with each of its records.
  ///
  /// Blocks for the file. Only the end of the file shows that it is right.
  @discardableResult
  func read(_ name: String, _ body: (TableRecord) -> Void) throws(Refusal) -> TableSnapshot {
    let flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY
    guard let file = OwnedDescriptor(open(path(of: name), flags)) else { throw .cannotRead(.current) }
    var decoder = SnapshotDecoder()
    try Self.readBlocks(of: file.rawValue) { (block) throws(SnapshotError) in try decoder.read(block, body) }
    do throws(SnapshotError) { try decoder.finish() } catch { throw .unfit(error) }
    guard let snapshot = decoder.snapshot else { throw .unfit(.truncated) }
    return snapshot
  }

  /// Passes the bytes of a file to `body`, up to its end.
  ///
  /// Blocks for the file.
  static func readBlocks(
    of file: Int32, _ body: (RawSpan) throws(SnapshotError) -> Void
  ) throws(Refusal) {
    var block = [UInt8](repeating: 0, count: Self.blockSize)
    while true {
      let count = Glibc.read(file, &block, block.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .cannotRead(.current) }
      if count == 0 { return }
      do throws(SnapshotError) { try body(block.span.bytes.extracting(first: count)) } catch { throw .unfit(error) }
    }
  }

  /// Renames a file that cannot be used.
  /// - Returns: its new name; `nil` if it could not be renamed.
  func setAside(_ name: String) -> String? {
    let refused = name + Self.refusedSuffix
    do throws(Errno) { try files.rename(path(of: name), to: path(of: refused)) } catch { return nil }
    return refused
  }
}

extension SnapshotFolder.Found {
  /// The snapshot's number; -1 if it cannot be used.
  fileprivate var number: Int {
    if case .success(let snapshot) = content { Int(clamping: snapshot.number) } else { -1 }
  }
}

extension SnapshotFolder.Refusal: CustomStringConvertible {
  /// The reason as a sentence for the user.
  var description: String {
    switch self {
    case .cannotRead(let errno): "It cannot be read: \(errno)"
    case .unfit(let error): error.description
    }
  }
}

extension SnapshotFolder.WriteFailure: CustomStringConvertible {
  /// The reason as a phrase for the user.
  var description: String { "\(step) failed: \(errno)" }
}

/// The reason why a mirror cannot use its directory (`--state`).
public enum StateFault: Error, Hashable, Sendable {
  /// Another mirror uses it.
  case inUse
  /// No file can be created in it.
  case unusable(Errno)
}

extension StateFault: CustomStringConvertible {
  /// The reason as a sentence for the user.
  public var description: String {
    switch self {
    case .inUse: "Another mirror uses it."
    case .unusable(let errno): "\(errno)"
    }
  }
}
