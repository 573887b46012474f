internal import CLibNL
internal import Glibc
internal import SystemPackage

/// A generic netlink socket, through libnl.
public struct NetlinkSocket: ~Copyable, KernelTransport {
  private let socket: OpaquePointer
  private var buffer = [UInt8](repeating: 0, count: 65_536)

  /// Opens a socket with a receive timeout of 5 seconds and a send buffer of 1 MiB.
  ///
  /// Does not block.
  /// - Throws: `JoolError.netlinkLibrary` with libnl's text, or `JoolError.system` if an option of the socket cannot be
  ///   set.
  public init() throws(JoolError) {
    guard let socket = nl_socket_alloc() else {
      throw .netlinkLibrary(call: "nl_socket_alloc", code: -NLE_NOMEM, text: "Out of memory")
    }
    do throws(JoolError) {
      try Self.connect(socket)
    } catch {
      nl_socket_free(socket)
      throw error
    }
    self.socket = socket
  }

  private static func connect(_ socket: OpaquePointer) throws(JoolError) {
    try check(nl_connect(socket, NETLINK_GENERIC), "nl_connect")
    do throws(Errno) {
      // An answer is queued before send() returns. The timeout matters only if the answer is lost.
      try SocketOptions.set(nl_socket_get_fd(socket), SOL_SOCKET, SO_RCVTIMEO, timeval(tv_sec: 5, tv_usec: 0))
      // JOOLD_ADD carries up to 64 KiB.
      try SocketOptions.set(nl_socket_get_fd(socket), SOL_SOCKET, SO_SNDBUF, Int32(1 << 20))
    } catch {
      throw .system(call: "setsockopt on netlink", error)
    }
  }

  deinit { nl_socket_free(socket) }

  /// The socket's descriptor, for poll(2).
  ///
  /// The socket remains its owner.
  public var descriptor: Int32 { nl_socket_get_fd(socket) }

  /// Sends a message to the kernel.
  ///
  /// Blocks while the kernel processes it.
  /// - Throws: `JoolError.netlinkLibrary` with libnl's text.
  public mutating func send(_ datagram: [UInt8]) throws(JoolError) {
    // libnl does not change the bytes; its parameter is only declared so.
    let sent = datagram.withUnsafeBytes {
      nl_sendto(socket, UnsafeMutableRawPointer(mutating: $0.baseAddress), $0.count)
    }
    guard sent >= 0 else { try Self.check(sent, "nl_sendto"); return }
  }

  /// The next datagram, of up to 65,536 bytes.
  /// - Parameter waiting: Whether to block, for up to 5 seconds, until a datagram arrives.
  /// - Returns: The datagram, or `nil` if none arrived.
  /// - Throws: One of these errors:
  ///   - `JoolError.overrun` once after datagrams were lost because the socket's buffer was full.
  ///   - `JoolError.malformedAnswer` if the datagram is larger.
  ///   - `JoolError.system` if recv(2) fails.
  public mutating func receive(waiting: Bool) throws(JoolError) -> [UInt8]? {
    let count = try Self.receive(from: descriptor, into: &buffer, waiting: waiting)
    return count.map { Array(buffer[..<$0]) }
  }

  /// Reads the next datagram into a buffer of the caller's.
  /// - Parameters:
  ///   - buffer: The buffer. Its size bounds that of the datagram.
  ///   - waiting: Whether to block, for up to 5 seconds, until a datagram arrives.
  /// - Returns: The number of bytes in the datagram, or `nil` if none arrived.
  /// - Throws: One of these errors:
  ///   - `JoolError.overrun` once after datagrams were lost because the socket's buffer was full.
  ///   - `JoolError.malformedAnswer` if the datagram is larger than `buffer`.
  ///   - `JoolError.system` if recv(2) fails.
  package func receive(into buffer: inout [UInt8], waiting: Bool) throws(JoolError) -> Int? {
    try Self.receive(from: descriptor, into: &buffer, waiting: waiting)
  }

  private static func receive(
    from descriptor: Int32, into buffer: inout [UInt8], waiting: Bool
  ) throws(JoolError) -> Int? {
    while true {
      // MSG_TRUNC: recv() returns the real size of a datagram, even if it did not fit.
      let flags = Int32(MSG_TRUNC) | (waiting ? 0 : Int32(MSG_DONTWAIT))
      let count = recv(descriptor, &buffer, buffer.count, flags)
      if count > buffer.count {
        throw .malformedAnswer(.truncated(field: "netlink datagram", need: count, have: buffer.count))
      }
      if count >= 0 { return count }
      switch errno {
      case EINTR: continue
      case EAGAIN: return nil
      case ENOBUFS: throw .overrun
      default: throw .system(call: "recv from netlink", .current)
      }
    }
  }

  /// Joins a multicast group of the family.
  /// - Throws: `JoolError.netlinkLibrary` with libnl's text.
  package func join(group: UInt32) throws(JoolError) {
    try Self.check(nl_socket_add_membership(socket, Int32(bitPattern: group)), "nl_socket_add_membership")
  }

  /// Makes the receive buffer `bytes` large: beyond the system's limit if the process is privileged, up to it
  /// otherwise.
  /// - Returns: The size in force, as the kernel counts it (it reserves twice the requested size); 0 if it cannot be
  ///   read.
  package func enlargeReceiveBuffer(to bytes: Int32) -> Int32 {
    SocketOptions.enlargeReceiveBuffer(of: descriptor, to: bytes)
  }

  private static func check(_ code: Int32, _ call: String) throws(JoolError) {
    guard code < 0 else { return }
    throw .netlinkLibrary(call: call, code: code, text: String(cString: nl_geterror(code)))
  }

  /// libnl's text for "no such family", which the C client prints.
  static var familyNotFoundText: String { String(cString: nl_geterror(-NLE_OBJ_NOTFOUND)) }
}
