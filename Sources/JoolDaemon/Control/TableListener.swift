internal import CLinux
internal import Glibc
internal import JoolCore
public import SystemPackage

/// The listening Unix socket of a mirror: a file that the mirror makes, or a socket that systemd has opened for it.
struct TableListener: ~Copyable {
  private let socket: OwnedDescriptor
  let path: String
  /// The file that the mirror has made, and removes; `nil` if it is systemd's.
  private let file: FileIdentity?

  /// What distinguishes a file from others that get its name later.
  private struct FileIdentity: Equatable {
    let device: dev_t
    let inode: ino_t

    init(_ status: stat) { (device, inode) = (status.st_dev, status.st_ino) }
  }

  /// The connections that the kernel accepts before the mirror does.
  private static let backlog: Int32 = 256

  /// Makes the file and listens.
  ///
  /// A socket on which nobody listens any more is replaced. The file has no right at all until its owner, its group and
  /// its mode are the wished ones. Does not block.
  /// - `access`: the owner, the group and the mode of the file.
  /// - Throws: `SocketFault`. A socket on which somebody listens, and any other file, stay as they are.
  init(path: String, _ access: FileAccess) throws(SocketFault) {
    guard path.utf8.count <= UnixAddress.maxPathLength, !path.utf8.contains(0) else { throw .pathTooLong }
    try Self.makeRoom(at: path)
    let socket = try Self.makeSocket()
    file = try Self.listen(socket.rawValue, at: path, access)
    self.path = path
    self.socket = socket
  }

  private static func makeSocket() throws(SocketFault) -> OwnedDescriptor {
    do throws(Errno) { return try ControlProtocol.makeSocket(nonBlocking: true) } catch { throw .failed(error) }
  }

  /// Makes the file of a socket, and listens.
  private static func listen(
    _ socket: Int32, at path: String, _ access: FileAccess
  ) throws(SocketFault) -> FileIdentity {
    // A socket's file gets the rights that the socket has before. umask(2) would also take the rights of files that other
    // threads make, such as a snapshot.
    guard fchmod(socket, 0) == 0, UnixAddress.with(Array(path.utf8), { bind(socket, $0, $1) }) == 0 else {
      throw .failed(.current)
    }
    do throws(SocketFault) {
      let file = FileIdentity(try access.apply(toSocketAt: path))
      guard Glibc.listen(socket, Self.backlog) == 0 else { throw .failed(.current) }
      return file
    } catch {
      unlink(path)
      throw error
    }
  }

  /// Takes the listening socket that systemd has passed to this process (sd_listen_fds(3)); `nil` if there is none.
  ///
  /// - `variable`: returns the value of an environment variable.
  init?(passedBy variable: (String) -> String?) {
    guard variable("LISTEN_PID").flatMap({ Int32($0) }) == getpid(),
      let count = variable("LISTEN_FDS").flatMap({ Int32($0) }), 0..<64 ~= count,
      let found = (3..<3 + count).first(where: Self.isListening), let socket = OwnedDescriptor(found)
    else { return nil }
    _ = fcntl(found, F_SETFD, FD_CLOEXEC)
    _ = fcntl(found, F_SETFL, fcntl(found, F_GETFL) | O_NONBLOCK)
    path = UnixAddress.path(of: found) ?? "?"
    self.socket = socket
    file = nil
  }

  /// Makes the folder of the default paths, if the process may.
  static func makeDefaultFolder() {
    // umask(2) may have removed rights.
    if mkdir("/run/jool", 0o755) == 0 { chmod("/run/jool", 0o755) }
  }

  deinit {
    var status = stat()
    // Another process may have made a new file of this name. Without the right to remove it, the file stays, and the
    // next mirror replaces it.
    if let file, lstat(path, &status) == 0, FileIdentity(status) == file { unlink(path) }
  }

  var descriptor: Int32 { socket.rawValue }

  private static func makeRoom(at path: String) throws(SocketFault) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFSOCK else { throw .otherFile }
    guard let probe = try? ControlProtocol.makeSocket(nonBlocking: true) else { return }
    // Any other error means that somebody listens: the queue is full, or the socket is of another kind.
    guard UnixAddress.with(Array(path.utf8), { connect(probe.rawValue, $0, $1) }) != 0, errno == ECONNREFUSED else {
      throw .inUse
    }
    guard unlink(path) == 0 else { throw .failed(.current) }
  }

  /// Whether a descriptor is a listening socket of the right kind.
  private static func isListening(_ descriptor: Int32) -> Bool {
    let wanted = [(SO_DOMAIN, AF_UNIX), (SO_TYPE, Int32(SOCK_SEQPACKET.rawValue)), (SO_ACCEPTCONN, 1)]
    return wanted.allSatisfy { option, value in
      var found: Int32 = -1
      var length = socklen_t(MemoryLayout<Int32>.size)
      return getsockopt(descriptor, SOL_SOCKET, option, &found, &length) == 0 && found == value
    }
  }
}

/// The owner, the group and the mode of a file.
struct FileAccess: Hashable, Sendable {
  var owner: uid_t
  var group: gid_t
  var mode: mode_t

  /// Gives the rights to a socket's file.
  ///
  /// A link that has taken the file's place is not followed.
  /// - Returns: what fstat(2) says of the file.
  fileprivate func apply(toSocketAt path: String) throws(SocketFault) -> stat {
    var status = stat()
    guard clinux_give_socket(path, mode, owner, group, &status) == 0 else {
      throw errno == ENOTSOCK ? .otherFile : .failed(.current)
    }
    return status
  }
}

/// The reason why the socket of a mirror cannot be opened.
public enum SocketFault: Error, Hashable, Sendable {
  /// Another program listens on the socket.
  case inUse
  /// There is a file of another kind.
  case otherFile
  /// The path does not fit into the address of a socket.
  case pathTooLong
  /// A system call failed.
  case failed(Errno)
}

extension SocketFault: CustomStringConvertible {
  /// The reason as part of a sentence.
  public var description: String {
    switch self {
    case .inUse: "another program listens on it"
    case .otherFile: "there is a file that is not a socket"
    case .pathTooLong: "the path of a socket has at most \(UnixAddress.maxPathLength) bytes"
    case .failed(let error): "\(error)"
    }
  }
}
