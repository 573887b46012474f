internal import Glibc
internal import JoolCore
public import JoolSession
public import SystemPackage

extension KeyRing {
  /// Reads the keys from a regular file.
  ///
  /// Does not block on a pipe.
  /// - Throws: `KeyFileError`, also for a file that other users may access, because the group's secret would not be
  ///   safe in it.
  public init(file path: String) throws(KeyFileError) {
    // Opening a pipe must not wait for its other end.
    guard let file = OwnedDescriptor(open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)) else {
      throw .cannotRead(file: path, .current)
    }
    var status = stat()
    guard fstat(file.rawValue, &status) == 0 else { throw .cannotRead(file: path, .current) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .noFile(path) }
    guard status.st_mode & 0o077 == 0 else { throw .readableByOthers(file: path) }
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    let count = read(file.rawValue, &buffer, buffer.count)
    guard count >= 0 else { throw .cannotRead(file: path, .current) }
    guard count < buffer.count else { throw .cannotRead(file: path, .fileTooLarge) }
    do throws(KeyRingError) {
      try self.init(parsing: String(decoding: buffer.prefix(count), as: UTF8.self), name: path)
    } catch {
      throw .badKeys(error)
    }
  }
}

/// The reason why a key file cannot be used.
public enum KeyFileError: Error, Hashable, Sendable {
  /// A system call failed, or the file has 64 KiB or more.
  case cannotRead(file: String, Errno)
  /// The file's mode grants access to its group or to others.
  case readableByOthers(file: String)
  /// The path does not lead to a regular file.
  case noFile(String)
  /// The file does not contain valid keys.
  case badKeys(KeyRingError)
}

extension KeyFileError: CustomStringConvertible {
  /// The reason as sentences for the user.
  public var description: String {
    switch self {
    case .cannotRead(let file, let reason): "Cannot read the key file '\(file)': \(reason)"
    case .readableByOthers(let file):
      "Others can read the key file '\(file)', so the keys are not secret. "
        + "Run: chmod 600 '\(file)' (and create new keys)"
    case .noFile(let file): "The key file '\(file)' is not a regular file."
    case .badKeys(let error): error.description
    }
  }
}
