internal import CLibNL
internal import Glibc
internal import SystemPackage

/// A connection to a program that answers as Jool's module does, over a Unix socket: `jool session mirror`.
///
/// The socket is of the kind SEQPACKET, so it keeps the borders of datagrams, as netlink does.
public struct UnixSocket: ~Copyable, KernelTransport {
  private let socket: OwnedDescriptor
  /// The path of the socket.
  public let path: String
  private var buffer = [UInt8](repeating: 0, count: 65_536)

  /// The limit on each wait: for the connection, for room to send, and for a datagram.
  private static let timeout = timeval(tv_sec: 5, tv_usec: 0)

  /// Connects to the program.
  ///
  /// Blocks until it accepts the connection, for up to 5 seconds.
  /// - Parameter path: The path of the socket.
  /// - Throws: `JoolError.socket` if there is no such socket, if nobody listens, or if the user may not connect.
  public init(path: String) throws(JoolError) {
    guard path.utf8.count <= UnixAddress.maxPathLength, !path.utf8.contains(0) else {
      throw .socket(path: path, .fileNameTooLong)
    }
    let type = Int32(SOCK_SEQPACKET.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    guard let socket = OwnedDescriptor(Glibc.socket(AF_UNIX, type, 0)) else {
      throw .system(call: "socket", .current)
    }
    do throws(Errno) {
      // SO_SNDTIMEO also limits the time that connect(2) blocks (unix(7)).
      try SocketOptions.set(socket.rawValue, SOL_SOCKET, SO_SNDTIMEO, Self.timeout)
      try SocketOptions.set(socket.rawValue, SOL_SOCKET, SO_RCVTIMEO, Self.timeout)
    } catch {
      throw .system(call: "setsockopt", error)
    }
    guard UnixAddress.with(Array(path.utf8), { connect(socket.rawValue, $0, $1) }) == 0 else {
      throw .socket(path: path, Self.reason(.current, path))
    }
    self.socket = socket
    self.path = path
  }

  /// connect(2) does not distinguish a file that is no socket from a socket on which nobody listens.
  private static func reason(_ error: Errno, _ path: String) -> Errno {
    var status = stat()
    guard error == .connectionRefused, stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFSOCK else {
      return error
    }
    return .notSocket
  }

  /// The socket's descriptor, for poll(2).
  ///
  /// The socket remains its owner.
  public var descriptor: Int32 { socket.rawValue }

  /// Sends a datagram.
  ///
  /// Blocks for up to 5 seconds if the program does not read.
  /// - Throws: `JoolError.socket`; `.connectionReset` if the program has closed the connection.
  public mutating func send(_ datagram: [UInt8]) throws(JoolError) {
    while Glibc.send(descriptor, datagram, datagram.count, Int32(MSG_NOSIGNAL)) < 0 {
      switch errno {
      case EINTR: continue
      case EPIPE: throw .socket(path: path, .connectionReset)
      case EAGAIN: throw .noAnswer
      default: throw .socket(path: path, .current)
      }
    }
  }

  /// The next datagram, of up to 65,536 bytes.
  /// - Parameter waiting: Whether to block, for up to 5 seconds, until a datagram arrives. Unlike the kernel, the
  ///   program answers later than `send` returns, so without waiting an answer may be missed.
  /// - Returns: The datagram, or `nil` if none arrived.
  /// - Throws: One of these errors:
  ///   - `JoolError.overrun` if the program has lost messages, because this client did not read fast enough.
  ///   - `JoolError.malformedAnswer` if the datagram is larger.
  ///   - `JoolError.socket`; `.connectionReset` if the program has closed the connection.
  public mutating func receive(waiting: Bool) throws(JoolError) -> [UInt8]? {
    let count = try Self.receive(from: descriptor, path, into: &buffer, waiting: waiting)
    return count.map { Array(buffer[..<$0]) }
  }

  /// Reads the next datagram into a buffer of the caller's.
  func receive(into buffer: inout [UInt8], waiting: Bool) throws(JoolError) -> Int? {
    try Self.receive(from: descriptor, path, into: &buffer, waiting: waiting)
  }

  private static func receive(
    from descriptor: Int32, _ path: String, into buffer: inout [UInt8], waiting: Bool
  ) throws(JoolError) -> Int? {
    while true {
      let flags = Int32(MSG_TRUNC) | (waiting ? 0 : Int32(MSG_DONTWAIT))
      let count = recv(descriptor, &buffer, buffer.count, flags)
      if count > buffer.count {
        throw .malformedAnswer(.truncated(field: "datagram", need: count, have: buffer.count))
      }
      if count > 0 {
        guard !isOverrun(buffer.span.bytes.extracting(first: count)) else { throw .overrun }
        return count
      }
      // No program that answers in the module's place sends an empty datagram, so this is the end.
      if count == 0 { throw .socket(path: path, .connectionReset) }
      switch errno {
      case EINTR: continue
      case EAGAIN: return nil
      default: throw .socket(path: path, .current)
      }
    }
  }

  private static func isOverrun(_ datagram: RawSpan) -> Bool {
    var reader = NetlinkMessageReader(datagram)
    return (try? reader.next()?.header.type) == NetlinkHeader.overrun
  }

  /// Joins a multicast group of the program.
  ///
  /// Blocks until the program has answered, for up to 5 seconds.
  /// - Throws: `JoolError.refusedByNetlink` if there is no such group, and the errors of `send` and `receive`.
  mutating func join(group: UInt32) throws(JoolError) {
    try send(MembershipRequest.message(group: group, sequence: 1))
    while let datagram = try receive(waiting: true) {
      let code: Int32?
      do throws(WireFormatError) { code = try Self.answer(in: datagram.span.bytes) } catch {
        throw .malformedAnswer(error)
      }
      guard let code else { continue }
      guard code == 0 else { throw .refusedByNetlink(Errno(rawValue: code)) }
      return
    }
    throw .noAnswer
  }

  /// The error code of netlink's answer to `join`, 0 for success; `nil` if the datagram is something else.
  private static func answer(in datagram: RawSpan) throws(WireFormatError) -> Int32? {
    var reader = NetlinkMessageReader(datagram)
    guard let message = try reader.next(), message.header.sequence == 1 else { return nil }
    return try NetlinkError(decoding: message.payload).code
  }
}
