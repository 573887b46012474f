/// The session record of Jool 4.1.13 and later: 36 bytes, all big-endian.
///
///     0         16       20       24           28      30      32      34      36
///     | source6 | source4| dest4  | expires ms | port6 | port4 | dport | flags |
///
/// `destination6` is not transmitted: the receiver derives it from `destination4` and its own pool6 (RFC 6052). Its
/// port is the source6 port for ICMP and the destination4 port otherwise.
package enum Packed36 {
  /// The size of a record in bytes.
  package static let size = 36
  /// The position of the milliseconds left, a u32.
  package static let expirationOffset = 24

  /// Decodes a record, with the local instance's pool6.
  /// - Throws: `WireFormatError.truncated`, `.badValue` for impossible flags, `.missing` if pool6 has a length that RFC
  ///   6052 does not allow.
  package static func decode(_ bytes: RawSpan, pool6: IPv6Prefix) throws(WireFormatError) -> SessionEntry {
    let flags = try PackedFlags(decoding: bytes, at: 34)
    let source6 = TransportAddress(
      try bytes.address(at: 0, as: IPv6Address.self),
      try bytes.bigEndianInteger(at: 28, as: UInt16.self, field: "port6"))
    let destination4 = TransportAddress(
      try bytes.address(at: 20, as: IPv4Address.self),
      try bytes.bigEndianInteger(at: 32, as: UInt16.self, field: "dport"))
    let destination6 = pool6.embedding(destination4.address)
    return SessionEntry(
      proto: flags.proto, source6: source6,
      destination6: TransportAddress(
        try require(destination6, "a valid pool6"), flags.proto == .icmp ? source6.port : destination4.port),
      source4: TransportAddress(
        try bytes.address(at: 16, as: IPv4Address.self),
        try bytes.bigEndianInteger(at: 30, as: UInt16.self, field: "port4")),
      destination4: destination4, state: flags.state, timer: flags.timer,
      expiration: Milliseconds(try bytes.bigEndianInteger(at: expirationOffset, as: UInt32.self, field: "expiration")))
  }

  /// Appends the 36 bytes of a record to `writer`.
  package static func encode(_ session: SessionEntry, into writer: inout ByteWriter) {
    // Fields side by side are appended together, because each call takes about as long as what it appends.
    let addresses = UInt64(session.source4.address.bits) << 32 | UInt64(session.destination4.address.bits)
    let ports =
      UInt64(session.source6.port) << 48 | UInt64(session.source4.port) << 32
      | UInt64(session.destination4.port) << 16 | UInt64(PackedFlags(session).bits)
    writer.appendBigEndian(session.source6.address.bits)
    writer.appendBigEndian(addresses)
    writer.appendBigEndian(session.expiration.rawValue)
    writer.appendBigEndian(ports)
  }
}

/// The session record of Jool 4.1.12: 48 bytes, all big-endian.
///
///     0         16             32       36           40      42      44      46      48
///     | source6 | destination6 | source4| expires ms | port6 | dport6| port4 | flags |
///
/// `destination4` is not transmitted: the receiver extracts it from `destination6`. Its port is the source4 port for
/// ICMP and the destination6 port otherwise. (The module takes the last four bytes of the address, which is right for
/// /96 only; this library uses pool6.)
enum Packed48 {
  static func decode(_ bytes: RawSpan, pool6: IPv6Prefix) throws(WireFormatError) -> SessionEntry {
    let flags = try PackedFlags(decoding: bytes, at: 46)
    let destination6 = TransportAddress(
      try bytes.address(at: 16, as: IPv6Address.self),
      try bytes.bigEndianInteger(at: 42, as: UInt16.self, field: "dport6"))
    let source4 = TransportAddress(
      try bytes.address(at: 32, as: IPv4Address.self),
      try bytes.bigEndianInteger(at: 44, as: UInt16.self, field: "port4"))
    guard let address4 = pool6.extracting(from: destination6.address) else {
      throw .badValue(field: "dst6 (outside pool6)", value: UInt64(truncatingIfNeeded: destination6.address.bits >> 64))
    }
    return SessionEntry(
      proto: flags.proto,
      source6: TransportAddress(
        try bytes.address(at: 0, as: IPv6Address.self),
        try bytes.bigEndianInteger(at: 40, as: UInt16.self, field: "port6")),
      destination6: destination6, source4: source4,
      destination4: TransportAddress(address4, flags.proto == .icmp ? source4.port : destination6.port),
      state: flags.state, timer: flags.timer,
      expiration: Milliseconds(try bytes.bigEndianInteger(at: 36, as: UInt32.self, field: "expiration")))
  }

  static func encode(_ session: SessionEntry, into writer: inout ByteWriter) {
    writer.appendBigEndian(session.source6.address.bits)
    writer.appendBigEndian(session.destination6.address.bits)
    writer.appendBigEndian(session.source4.address.bits)
    writer.appendBigEndian(session.expiration.rawValue)
    writer.appendBigEndian(session.source6.port)
    writer.appendBigEndian(session.destination6.port)
    writer.appendBigEndian(session.source4.port)
    writer.appendBigEndian(PackedFlags(session).bits)
  }
}

/// The last two bytes of a packed record: bits 5–6 protocol, 2–4 TCP state, 0–1 timer.
///
/// The other bits are zero.
private struct PackedFlags {
  let proto: L4Protocol
  let state: TCPState
  let timer: SessionTimer

  init(_ session: SessionEntry) {
    proto = session.proto
    state = session.state
    timer = session.timer
  }

  init(decoding bytes: RawSpan, at offset: Int) throws(WireFormatError) {
    let bits = try bytes.bigEndianInteger(at: offset, as: UInt16.self, field: "flags")
    guard bits >> 7 == 0, let proto = L4Protocol(rawValue: UInt8(bits >> 5 & 3)) else {
      throw .badValue(field: "flags", value: UInt64(bits))
    }
    self.proto = proto
    state = TCPState(rawValue: UInt8(bits >> 2 & 7))
    timer = SessionTimer(rawValue: UInt8(bits & 3))
  }

  var bits: UInt16 { UInt16(proto.rawValue) << 5 | UInt16(state.rawValue & 7) << 2 | UInt16(timer.rawValue & 3) }
}

extension RawSpan {
  fileprivate func address<Address: IPAddress>(at offset: Int, as: Address.Type) throws(WireFormatError) -> Address {
    Address(bits: try bigEndianInteger(at: offset, as: Address.Bits.self, field: "address"))
  }
}
