import JoolCore

/// A type-erased transport to the module, so that commands do not depend on which: the kernel's socket, or a test's
/// script.
final class AnyTransport: KernelTransport {
  private let sendDatagram: ([UInt8]) throws(JoolError) -> Void
  private let nextDatagram: (_ waiting: Bool) throws(JoolError) -> [UInt8]?

  init(
    send: @escaping ([UInt8]) throws(JoolError) -> Void,
    receive: @escaping (_ waiting: Bool) throws(JoolError) -> [UInt8]?
  ) {
    sendDatagram = send
    nextDatagram = receive
  }

  /// A socket to the kernel.
  static func socket() throws(JoolError) -> AnyTransport {
    let owner = SocketOwner(try NetlinkSocket())
    return AnyTransport(
      send: { (datagram) throws(JoolError) in try owner.socket.send(datagram) },
      receive: { (waiting) throws(JoolError) in try owner.socket.receive(waiting: waiting) })
  }

  func send(_ datagram: [UInt8]) throws(JoolError) { try sendDatagram(datagram) }

  func receive(waiting: Bool) throws(JoolError) -> [UInt8]? { try nextDatagram(waiting) }
}

/// A reference to a socket, which two closures share.
private final class SocketOwner {
  var socket: NetlinkSocket

  init(_ socket: consuming NetlinkSocket) { self.socket = socket }
}

/// The client of the module that commands use.
typealias TranslatorClient = JoolClient<AnyTransport>
