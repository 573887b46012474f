/// A carrier of whole netlink datagrams to and from the kernel: `NetlinkSocket`, or a script in tests.
public protocol KernelTransport: ~Copyable {
  /// Sends a message to the kernel.
  ///
  /// Blocks while the kernel processes the message, which it does before this returns.
  /// - Parameter datagram: The message, netlink header included.
  /// - Throws: An error of the transport.
  mutating func send(_ datagram: [UInt8]) throws(JoolError)

  /// The next datagram from the kernel.
  /// - Parameter waiting: Whether to block until a datagram arrives. Without waiting, the kernel's answer to a request
  ///   is found too: it is queued before `send` returns, or never.
  /// - Returns: The datagram. `nil` if none is queued, or if none arrived within the transport's time limit.
  /// - Throws: An error of the transport.
  mutating func receive(waiting: Bool) throws(JoolError) -> [UInt8]?
}
