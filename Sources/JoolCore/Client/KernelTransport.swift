/// Carries whole netlink datagrams to and from the kernel. The real one owns a socket; tests script one.
public protocol KernelTransport: ~Copyable {
  /// Hands a message to the kernel, which works on it before this returns.
  mutating func send(_ datagram: [UInt8]) throws(JoolError)

  /// The next datagram. With `waiting` false, `nil` if none is queued: the kernel answers before `send` returns, or never.
  mutating func receive(waiting: Bool) throws(JoolError) -> [UInt8]?
}
