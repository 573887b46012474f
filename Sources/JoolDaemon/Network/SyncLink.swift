internal import CLinux
internal import Glibc
internal import JoolCore
internal import JoolSession
internal import Logging
internal import SystemPackage

/// A link to the peers: a multicast group on an interface, or a list of peers' addresses.
protocol SyncLink: AnyObject {
  /// The socket's descriptor; -1 while the link is closed.
  var descriptor: Int32 { get }
  /// Adapts the link to its interfaces, which may have been renamed, or removed and created anew. Does not block.
  /// - Returns: whether the link had to be reopened.
  func heal(log: Logger) throws(ProxyError) -> Bool
  /// The present MTU of the path to the peers in bytes. `nil` if it is not known.
  var mtu: Int? { get }
  /// Sends a datagram to all peers. Does not block.
  func send(_ payload: RawSpan) throws(Errno)
  /// Whether the sender of a datagram may be a peer.
  func isPeer(_ arrival: ReceivedDatagram) -> Bool
}

extension SyncLink {
  func isPeer(_ arrival: ReceivedDatagram) -> Bool { true }

  /// Receives a batch of datagrams.
  ///
  /// Does not block.
  ///
  /// Returns the received datagrams. Datagram i starts in the buffer at i times `SyncLinks.stride`, and is cut at that
  /// size.
  /// - `buffer`: `SyncLinks.batch` times `SyncLinks.stride` bytes.
  func receive(into buffer: inout [UInt8]) throws(Errno) -> [ReceivedDatagram] {
    var datagrams = [clinux_datagram](repeating: clinux_datagram(), count: SyncLinks.batch)
    let count = clinux_receive_datagrams(
      descriptor, &buffer, SyncLinks.stride, &datagrams, UInt32(SyncLinks.batch))
    if count >= 0 {
      let wall = ReceivedDatagram.wallClock
      return datagrams.prefix(Int(count)).map { ReceivedDatagram($0, wall: wall) }
    }
    let code = Errno.current
    guard code == .wouldBlock || code == .interrupted else { throw code }
    return []
  }

  /// Passes at most one batch of the waiting datagrams to `body`, each cut at `SyncLinks.stride` bytes.
  ///
  /// The rest waits for the next turn, so that the module gets its acknowledgement and the other links are read in
  /// between.
  func takeBatch(
    into buffer: inout [UInt8], _ body: (_ arrival: ReceivedDatagram, _ datagram: RawSpan) -> Void
  ) throws(Errno) {
    for (index, arrival) in try receive(into: &buffer).enumerated() {
      let start = index * SyncLinks.stride
      body(arrival, buffer.span.bytes.extracting(start..<start + min(arrival.length, SyncLinks.stride)))
    }
  }

  /// Enlarges the receive buffer, and has the kernel stamp each datagram with its time of arrival.
  static func prepareToReceive(on socket: Int32, log: Logger) {
    if clinux_stamp_datagrams(socket) != 0 {
      log.warning(
        "The proxy cannot recognize old datagrams, because the kernel gives no arrival times: \(Errno.current)")
    }
    let granted = SocketOptions.enlargeReceiveBuffer(of: socket, to: SyncLinks.receiveBuffer)
    log.adviseOnBuffer(of: "network", granted: granted, wanted: SyncLinks.receiveBuffer)
  }
}
