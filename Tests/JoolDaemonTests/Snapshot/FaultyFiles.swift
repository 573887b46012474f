import Glibc
import Synchronization
import SystemPackage

@testable import JoolDaemon

/// A file system in which one call fails, or in which the process ends at one call.
final class FaultyFiles: SnapshotFiles {
  /// What happens at the chosen call.
  enum Fault: Hashable {
    /// The call fails with this error, and the next ones work.
    case error(Errno)
    /// The call and all that follow have no effect, as if the process had ended. A write has half an effect.
    case end
  }

  private let fault: Fault
  private let chosen: Int
  private let count = Mutex(0)
  private let system = SystemSnapshotFiles()

  /// - `chosen`: the number of the call, from 0.
  init(_ fault: Fault, at chosen: Int) { (self.fault, self.chosen) = (fault, chosen) }

  /// Whether the chosen call was made.
  var hasStruck: Bool { count.withLock { $0 > chosen } }

  /// Throws if the call must not work.
  private func strike() throws(Errno) {
    let number = count.withLock { count in
      defer { count += 1 }
      return count
    }
    switch fault {
    case .error(let errno): if number == chosen { throw errno }
    case .end: if number >= chosen { throw .ioError }
    }
  }

  func create(_ path: String) throws(Errno) -> Int32 {
    try strike()
    return try system.create(path)
  }

  func write(_ bytes: ArraySlice<UInt8>, to file: Int32) throws(Errno) -> Int {
    do throws(Errno) { try strike() } catch {
      if fault == .end { _ = try system.write(bytes.prefix(bytes.count / 2), to: file) }
      throw error
    }
    // Short writes are allowed.
    return try system.write(bytes.prefix(1000), to: file)
  }

  func sync(_ file: Int32) throws(Errno) {
    try strike()
    try system.sync(file)
  }

  func close(_ file: Int32) { system.close(file) }

  func rename(_ path: String, to other: String) throws(Errno) {
    try strike()
    try system.rename(path, to: other)
  }

  func remove(_ path: String) throws(Errno) {
    try strike()
    try system.remove(path)
  }

  func sync(folder: String) throws(Errno) {
    try strike()
    try system.sync(folder: folder)
  }
}
