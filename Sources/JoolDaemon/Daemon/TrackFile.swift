internal import Glibc
internal import JoolCore
public import SystemPackage

/// The file that tells keepalived whether the node may have the addresses (`--track-file`): a regular file, or a pipe.
///
/// Somebody else may be able to write its directory. So a symbolic link is not followed, a file that is also elsewhere
/// is left alone, and nothing is opened that could do more than hold a line.
enum TrackFile {
  /// Writes `0` if the node may have the addresses, else `1`. Does not block; a pipe that nobody reads gets nothing.
  static func write(isReady: Bool, to path: String) throws(TrackFileError) {
    // Before it is opened, because opening some devices has an effect; and after, because it may be another file then.
    var status = stat()
    if lstat(path, &status) == 0 { try check(status) }
    let flags = O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY
    guard let file = OwnedDescriptor(open(path, flags, 0o644)) else {
      let error = Errno.current
      if error == .noSuchAddressOrDevice, status.st_mode & S_IFMT == S_IFIFO { return }
      throw error == .tooManySymbolicLinkLevels ? .symbolicLink : .cannotWrite(error)
    }
    guard fstat(file.rawValue, &status) == 0 else { throw .cannotWrite(.current) }
    try check(status)
    let text = text(isReady: isReady)
    let isPipe = status.st_mode & S_IFMT == S_IFIFO
    let count = isPipe ? Glibc.write(file.rawValue, text, text.count) : pwrite(file.rawValue, text, text.count, 0)
    guard count == text.count, isPipe || ftruncate(file.rawValue, off_t(text.count)) == 0 else {
      throw .cannotWrite(.current)
    }
  }

  private static func text(isReady: Bool) -> [UInt8] { Array(isReady ? "0\n".utf8 : "1\n".utf8) }

  /// Whether the file is gone, is a symbolic link or says anything else. A pipe, and a file that cannot be read, counts as unchanged.
  static func isChanged(_ path: String, isReady: Bool) -> Bool {
    guard let file = OwnedDescriptor(open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)) else {
      return [.noSuchFileOrDirectory, .tooManySymbolicLinkLevels].contains(Errno.current)
    }
    var status = stat()
    guard fstat(file.rawValue, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
    // More than `write` writes.
    var bytes = [UInt8](repeating: 0, count: 16)
    let count = read(file.rawValue, &bytes, bytes.count)
    return count >= 0 && Array(bytes[..<count]) != text(isReady: isReady)
  }

  /// - Throws: if `write` would. Whether the file is there, and its content, stays as it is.
  static func verify(_ path: String) throws(TrackFileError) {
    var status = stat()
    let isThere = lstat(path, &status) == 0
    if isThere { try check(status) }
    let directory = FilePath(path).removingLastComponent()
    let isWritable =
      isThere
      ? faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) == 0
      : faccessat(AT_FDCWD, directory.isEmpty ? "." : directory.string, W_OK | X_OK, AT_EACCESS) == 0
    guard isWritable else { throw .cannotWrite(.current) }
  }

  private static func check(_ status: stat) throws(TrackFileError) {
    switch status.st_mode & S_IFMT {
    case S_IFLNK: throw .symbolicLink
    case S_IFREG where status.st_nlink > 1: throw .otherNames
    case S_IFREG, S_IFIFO: return
    case S_IFDIR: throw .cannotWrite(.isDirectory)
    default: throw .special
    }
  }
}

/// Why a track file is not written.
public enum TrackFileError: Error, Hashable, Sendable {
  case cannotWrite(Errno)
  case symbolicLink
  /// A hard link: the file has other names.
  case otherNames
  /// A device or a socket.
  case special
}

extension TrackFileError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .cannotWrite(let errno): "\(errno)"
    case .symbolicLink: "It is a symbolic link, which could lead to any file. Name the file itself."
    case .otherNames: "It has other names (hard links), so another file would be overwritten. Remove it."
    case .special: "It is neither a regular file nor a pipe."
    }
  }
}
