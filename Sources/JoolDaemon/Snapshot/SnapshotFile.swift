internal import Glibc
internal import JoolCore
package import JoolSession
package import SystemPackage

/// A file with a snapshot of a session table, at a path that the user has chosen.
package struct SnapshotFile: Sendable {
  /// The path; `-` is standard input or standard output.
  package let path: String
  private let files: any SnapshotFiles

  /// Names a file.
  package init(path: String) { self.init(path: path, files: SystemSnapshotFiles()) }

  init(path: String, files: any SnapshotFiles) { (self.path, self.files) = (path, files) }

  /// The reason why a file cannot be used.
  package enum Failure: Error, Hashable, Sendable {
    case cannotRead(Errno)
    case unfit(SnapshotError)
    /// Something exists at the path that is no regular file, for example a directory or a device.
    case notRegular
    /// The step that failed, as a verb: `create`, `write`, `sync`, `rename`, …. The path has either what it had before
    /// or the whole new file.
    case cannotWrite(step: String, Errno)
  }

  /// Whether the path is standard input or standard output.
  package var isStandardStream: Bool { path == "-" }

  /// Reads the file to its end.
  ///
  /// Blocks for the file, which may be a pipe.
  /// - Throws: `Failure.cannotRead` or `.unfit`.
  package func load(now: Instant = .now) throws(Failure) -> SavedTable {
    if isStandardStream { return try load(STDIN_FILENO, now: now) }
    guard let file = OwnedDescriptor(open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)) else { throw .cannotRead(.current) }
    return try load(file.rawValue, now: now)
  }

  private func load(_ file: Int32, now: Instant) throws(Failure) -> SavedTable {
    var reader = SavedTableReader(now: now)
    do throws(SnapshotFolder.Refusal) {
      try SnapshotFolder.readBlocks(of: file) { (block) throws(SnapshotError) in try reader.read(block) }
      do throws(SnapshotError) { return try reader.finish() } catch { throw .unfit(error) }
    } catch {
      switch error {
      case .cannotRead(let errno): throw .cannotRead(errno)
      case .unfit(let reason): throw .unfit(reason)
      }
    }
  }

  /// Writes a snapshot, and replaces the file that is there.
  ///
  /// Blocks until it is on the disk. It is written aside and then renamed, so the path has either the whole new file or
  /// what it had before. The file can be read only by its owner.
  /// - Throws: `Failure.notRegular` or `.cannotWrite`.
  package func write(_ encoder: consuming SnapshotEncoder) throws(Failure) {
    let target = try self.target()
    guard let name = target.lastComponent?.string else { throw .notRegular }
    let directory = target.removingLastComponent()
    // The number of this process keeps two programs from writing the same file.
    let folder = SnapshotFolder(
      path: directory.isEmpty ? "." : directory.string, unfinished: "\(name).\(getpid()).new", files: files)
    do throws(SnapshotFolder.WriteFailure) { try folder.write(encoder, as: name) } catch {
      throw .cannotWrite(step: error.step, error.errno)
    }
  }

  /// The path that is renamed to: that of the file which a symbolic link leads to.
  private func target() throws(Failure) -> FilePath {
    var status = stat()
    guard stat(path, &status) == 0 else { return FilePath(path) }
    // To rename over a device such as /dev/null would remove it.
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegular }
    guard let resolved = realpath(path, nil) else { return FilePath(path) }
    defer { free(resolved) }
    return FilePath(platformString: resolved)
  }
}

extension SnapshotFile.Failure: CustomStringConvertible {
  /// The reason as a sentence for the user.
  package var description: String {
    switch self {
    case .cannotRead(let errno): "It cannot be read: \(errno)."
    case .unfit(let error): error.description
    case .notRegular: "It is not a regular file."
    case .cannotWrite(let step, let errno): "The step '\(step)' failed: \(errno)."
    }
  }
}
