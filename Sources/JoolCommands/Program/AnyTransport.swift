import JoolCore

/// A type-erased transport to the module, so that commands do not depend on which: the kernel's socket, the Unix socket
/// of a program in the module's place, or a test's script.
final class AnyTransport: KernelTransport {
  private let sendDatagram: ([UInt8]) throws(JoolError) -> Void
  private let nextDatagram: (_ waiting: Bool) throws(JoolError) -> [UInt8]?
  /// The path of the Unix socket; `nil` if there is none.
  let socketPath: String?
  /// Opens a client of a Unix socket, if the first answer shows that the module does not have the instance.
  ///
  /// `nil` once there was an answer.
  var fallback: (() throws(JoolError) -> TranslatorClient?)?
  /// The number of datagrams that were received since `fallback` was set.
  var received = 0

  init(
    socketPath: String? = nil,
    send: @escaping ([UInt8]) throws(JoolError) -> Void,
    receive: @escaping (_ waiting: Bool) throws(JoolError) -> [UInt8]?
  ) {
    sendDatagram = send
    nextDatagram = receive
    self.socketPath = socketPath
  }

  /// A socket to the kernel.
  static func socket() throws(JoolError) -> AnyTransport {
    let owner = SocketOwner(try NetlinkSocket())
    return AnyTransport(
      send: { (datagram) throws(JoolError) in try owner.socket.send(datagram) },
      receive: { (waiting) throws(JoolError) in try owner.socket.receive(waiting: waiting) })
  }

  /// A connection to the program that serves a Unix socket.
  static func socket(at path: String) throws(JoolError) -> AnyTransport {
    let owner = UnixSocketOwner(try UnixSocket(path: path))
    return AnyTransport(
      socketPath: path,
      send: { (datagram) throws(JoolError) in try owner.socket.send(datagram) },
      receive: { (waiting) throws(JoolError) in try owner.socket.receive(waiting: waiting) })
  }

  func send(_ datagram: [UInt8]) throws(JoolError) { try sendDatagram(datagram) }

  func receive(waiting: Bool) throws(JoolError) -> [UInt8]? {
    received += 1
    return try nextDatagram(waiting)
  }
}

/// A reference to a socket, which two closures share.
private final class SocketOwner {
  var socket: NetlinkSocket

  init(_ socket: consuming NetlinkSocket) { self.socket = socket }
}

/// The same for a Unix socket.
private final class UnixSocketOwner {
  var socket: UnixSocket

  init(_ socket: consuming UnixSocket) { self.socket = socket }
}

/// The client of the module that commands use.
typealias TranslatorClient = JoolClient<AnyTransport>
