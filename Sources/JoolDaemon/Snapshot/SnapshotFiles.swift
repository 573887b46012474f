internal import Glibc
internal import JoolCore
internal import SystemPackage

/// The system calls with which snapshots are written, so that a test can make each of them fail.
protocol SnapshotFiles: Sendable {
  /// Creates a file that must not exist yet, and opens it for writing.
  func create(_ path: String) throws(Errno) -> Int32
  /// Writes the first bytes, and returns how many.
  func write(_ bytes: ArraySlice<UInt8>, to file: Int32) throws(Errno) -> Int
  /// Waits until the contents of a file are on the disk.
  func sync(_ file: Int32) throws(Errno)
  func close(_ file: Int32)
  /// Gives a file another name, whose former file is removed.
  func rename(_ path: String, to other: String) throws(Errno)
  /// Removes a file, if it exists.
  func remove(_ path: String) throws(Errno)
  /// Waits until the names in a directory are on the disk.
  func sync(folder: String) throws(Errno)
}

/// The system calls themselves.
struct SystemSnapshotFiles: SnapshotFiles {
  func create(_ path: String) throws(Errno) -> Int32 {
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else { throw .current }
    return file
  }

  func write(_ bytes: ArraySlice<UInt8>, to file: Int32) throws(Errno) -> Int {
    let count = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
    guard count >= 0 else { throw .current }
    return count
  }

  func sync(_ file: Int32) throws(Errno) {
    guard fsync(file) == 0 else { throw .current }
  }

  func close(_ file: Int32) { _ = Glibc.close(file) }

  func rename(_ path: String, to other: String) throws(Errno) {
    guard Glibc.rename(path, other) == 0 else { throw .current }
  }

  func remove(_ path: String) throws(Errno) {
    guard unlink(path) == 0 || errno == ENOENT else { throw .current }
  }

  func sync(folder: String) throws(Errno) {
    guard let folder = OwnedDescriptor(open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) else { throw .current }
    try sync(folder.rawValue)
  }
}
