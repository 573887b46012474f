internal import Glibc
internal import JoolCore
public import SystemPackage

/// The file that shows keepalived whether the node may have the addresses (`--track-file`): a regular file, or a pipe.
///
/// Other users may be able to write to its directory. Therefore a symbolic link is not followed, a file with other hard
/// links is left alone, and only a regular file or a pipe is opened.
enum TrackFile {
  /// Writes `0` if the node may have the addresses, else `1`.
  ///
  /// Does not block. Nothing is written to a pipe that has no reader.
  static func write(isReady: Bool, to path: String) throws(TrackFileError) {
    // The file is checked before it is opened, because opening some devices has an effect. It is checked again
    // afterwards, because it may have been replaced in between.
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

  /// Whether the file was removed, is a symbolic link, or has another content.
  ///
  /// A pipe, or a file that cannot be read, counts as unchanged.
  static func isChanged(_ path: String, isReady: Bool) -> Bool {
    guard let file = OwnedDescriptor(open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)) else {
      return [.noSuchFileOrDirectory, .tooManySymbolicLinkLevels].contains(Errno.current)
    }
    var status = stat()
    guard fstat(file.rawValue, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
    // The buffer is larger than what `write` writes, so that a longer content is noticed.
    var bytes = [UInt8](repeating: 0, count: 16)
    let count = read(file.rawValue, &bytes, bytes.count)
    return count >= 0 && Array(bytes[..<count]) != text(isReady: isReady)
  }

  /// Checks that `write` would succeed.
  ///
  /// The file is neither created nor changed.
  /// - Throws: the error that `write` would throw.
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

/// The reason why a track file is not written.
public enum TrackFileError: Error, Hashable, Sendable {
  /// A system call failed, or the path is a directory.
  case cannotWrite(Errno)
  /// The path is a symbolic link.
  case symbolicLink
  /// The file has other names (hard links).
  case otherNames
  /// The path is a device or a socket.
  case special
}

extension TrackFileError: CustomStringConvertible {
  /// The reason as sentences for the user.
  public var description: String {
    switch self {
    case .cannotWrite(let errno): "\(errno)"
    case .symbolicLink: "It is a symbolic link, which could lead to any file. Give the path of the file itself."
    case .otherNames: "It has other names (hard links), so another file would be overwritten. Remove it."
    case .special: "It is neither a regular file nor a pipe."
    }
  }
}
