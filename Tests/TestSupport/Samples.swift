public import JoolCore

/// Sample values for the tests of several targets.
extension IPv6Prefix {
  /// The prefix 64:ff9b::/96.
  public static let wellKnown = IPv6Prefix(host: IPv6Address(bits: 0x0064_ff9b << 96)).shortened(to: 96)

  private func shortened(to length: Int) -> IPv6Prefix { IPv6Prefix(address: address, length: length) ?? self }
}

extension SessionEntry {
  /// A session from the client `2001:db8::1:0` plus `number`, masked by 192.0.2.1, to 192.0.2.8#443 in 64:ff9b::/96.
  public static func sample(
    _ number: Int = 0, proto: L4Protocol = .udp, state: TCPState = .established, timer: SessionTimer = .established,
    expiration: UInt32 = 60_000
  ) -> SessionEntry {
    let node4 = IPv4Address(bits: 0xC000_0208)
    let identifier = UInt16(truncatingIfNeeded: 1024 + number)
    let port4: UInt16 = proto == .icmp ? identifier : 443
    let node6 = IPv6Address(bits: 0x2001_0db8 << 96 | 0x1_0000 + UInt128(number))
    return SessionEntry(
      proto: proto, source6: TransportAddress(node6, 4000),
      destination6: TransportAddress(
        IPv6Address(bits: 0x0064_ff9b << 96 | UInt128(node4.bits)), proto == .icmp ? 4000 : port4),
      source4: TransportAddress(IPv4Address(bits: 0xC000_0201), identifier),
      destination4: TransportAddress(node4, port4), state: state, timer: timer, expiration: Milliseconds(expiration))
  }
}
