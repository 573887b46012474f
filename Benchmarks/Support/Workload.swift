package import JoolCore

/// Sessions by number.
///
/// They are created when needed, so that they take no memory: 35 % TCP, 60 % UDP, 5 % ICMP.
package struct Workload {
  package let count: Int
  /// The number of consecutive sessions that share a client's transport address, and so a BIB entry.
  package let sessionsPerClient: Int

  package init(count: Int, sessionsPerClient: Int) {
    self.count = count
    self.sessionsPerClient = sessionsPerClient
  }

  /// The prefix 64:ff9b::/96.
  package static let pool6 = IPv6Prefix(address: IPv6Address(bits: 0x0064_ff9b << 96), length: 96)

  package func session(_ number: Int, timer: SessionTimer = .established, expiration: UInt32? = nil) -> SessionEntry {
    let client = number / sessionsPerClient
    let random = Self.scramble(UInt64(client))
    let proto: L4Protocol = random % 100 < 35 ? .tcp : random % 100 < 95 ? .udp : .icmp
    let port4 = UInt16(truncatingIfNeeded: client)
    let source4 = IPv4Address(bits: 0x0A00_0000 + UInt32(truncatingIfNeeded: client >> 16))
    let destination4 = IPv4Address(bits: UInt32(truncatingIfNeeded: Self.scramble(UInt64(number) &+ 77)))
    let source6 = IPv6Address(bits: 0x2001_0db8 << 96 | UInt128(random >> 8) << 16 | UInt128(client & 0xFFFF))
    let port6 = UInt16(truncatingIfNeeded: random >> 40)
    let destinationPort: UInt16 = proto == .icmp ? port4 : 443
    return SessionEntry(
      proto: proto, source6: TransportAddress(source6, port6),
      destination6: TransportAddress(
        IPv6Address(bits: 0x0064_ff9b << 96 | UInt128(destination4.bits)), proto == .icmp ? port6 : destinationPort),
      source4: TransportAddress(source4, port4), destination4: TransportAddress(destination4, destinationPort),
      timer: timer,
      expiration: Milliseconds(expiration ?? 1000 + UInt32(truncatingIfNeeded: Self.scramble(UInt64(number)) % 299_000))
    )
  }

  /// A permutation of the numbers, in which neighbours are far apart.
  package func shuffled(_ position: Int) -> Int {
    Int(UInt64(position).multipliedFullWidth(by: 0x9E37_79B1).low % UInt64(count))
  }

  private static func scramble(_ number: UInt64) -> UInt64 {
    var bits = number &+ 0x9e37_79b9_7f4a_7c15
    bits = (bits ^ bits >> 30) &* 0xbf58_476d_1ce4_e5b9
    bits = (bits ^ bits >> 27) &* 0x94d0_49bb_1331_11eb
    return bits ^ bits >> 31
  }
}
