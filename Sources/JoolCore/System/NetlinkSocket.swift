internal import CLibNL
internal import Glibc
internal import SystemPackage

/// A generic netlink socket, through libnl.
public struct NetlinkSocket: ~Copyable, KernelTransport {
  private let socket: OpaquePointer
  private var buffer = [UInt8](repeating: 0, count: 65_536)

  /// - Throws: `JoolError.netlinkLibrary` with libnl's words.
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
      // An answer is in the buffer before send() returns; this only keeps a lost one from hanging us.
      try SocketOptions.set(nl_socket_get_fd(socket), SOL_SOCKET, SO_RCVTIMEO, timeval(tv_sec: 5, tv_usec: 0))
      // JOOLD_ADD carries up to 64 KiB.
      try SocketOptions.set(nl_socket_get_fd(socket), SOL_SOCKET, SO_SNDBUF, Int32(1 << 20))
    } catch {
      throw .system(call: "setsockopt on netlink", error)
    }
  }

  deinit { nl_socket_free(socket) }

  /// For poll(2). The socket keeps owning it.
  public var descriptor: Int32 { nl_socket_get_fd(socket) }

  public mutating func send(_ datagram: [UInt8]) throws(JoolError) {
    var datagram = datagram
    let sent = nl_sendto(socket, &datagram, datagram.count)
    guard sent >= 0 else { try Self.check(sent, "nl_sendto"); return }
  }

  public mutating func receive(waiting: Bool) throws(JoolError) -> [UInt8]? {
    let count = try Self.receive(from: descriptor, into: &buffer, waiting: waiting)
    return count.map { Array(buffer[..<$0]) }
  }

  /// The next datagram into a buffer of the caller's. `nil` if none came.
  /// - Throws: `JoolError.overrun` once after datagrams were lost because the socket's buffer was full.
  public func receive(into buffer: inout [UInt8], waiting: Bool) throws(JoolError) -> Int? {
    try Self.receive(from: descriptor, into: &buffer, waiting: waiting)
  }

  private static func receive(
    from descriptor: Int32, into buffer: inout [UInt8], waiting: Bool
  ) throws(JoolError) -> Int? {
    while true {
      // MSG_TRUNC: the real size, also of what did not fit.
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

  /// Listens to a multicast group of the family.
  public func join(group: UInt32) throws(JoolError) {
    try Self.check(nl_socket_add_membership(socket, Int32(bitPattern: group)), "nl_socket_add_membership")
  }

  /// Makes the receive buffer `bytes` large, beyond the system's limit if privileged.
  /// - Returns: the size in force, as the kernel counts it (it reserves twice what was asked for).
  public func enlargeReceiveBuffer(to bytes: Int32) -> Int32 {
    SocketOptions.enlargeReceiveBuffer(of: descriptor, to: bytes)
  }

  private static func check(_ code: Int32, _ call: String) throws(JoolError) {
    guard code < 0 else { return }
    throw .netlinkLibrary(call: call, code: code, text: String(cString: nl_geterror(code)))
  }

  /// libnl's words for "no such family", which the C client prints.
  public static var familyNotFoundText: String { String(cString: nl_geterror(-NLE_OBJ_NOTFOUND)) }
}

extension JoolClient where Transport == NetlinkSocket {
  /// A client of the loaded module.
  public static func connect(
    translator: TranslatorType, instance: InstanceName = .default
  ) throws(JoolError) -> JoolClient<NetlinkSocket> {
    try JoolClient(
      transport: try NetlinkSocket(), translator: translator, instance: instance, module: ModuleVersion.loaded())
  }
}
