/// One netlink attribute: a number, and a payload that still belongs to the message.
package struct Attribute: ~Escapable {
  /// The attribute's number, without the flags in the two upper bits.
  package let type: UInt16
  /// Whether the flag `NLA_F_NESTED` is set: the payload consists of attributes.
  ///
  /// Kernels before 5.2 do not set it in the messages that they send.
  package let isNested: Bool
  /// The payload, without header and padding.
  package let value: RawSpan

  @_lifetime(copy value)
  init(rawType: UInt16, value: RawSpan) {
    self.type = rawType & 0x3FFF
    self.isNested = rawType & AttributeWriter.nestedFlag != 0
    self.value = value
  }
}

/// A reader of a run of netlink attributes (`nla_len` u16, `nla_type` u16, payload, padding to 4; all in the CPU's
/// order).
package struct AttributeReader: ~Escapable {
  private var remaining: RawSpan

  /// Starts at the first attribute of `payload`.
  @_lifetime(copy payload)
  package init(_ payload: RawSpan) { remaining = payload }

  /// The next attribute, or `nil` at the end of the payload.
  ///
  /// Padding after the attribute is skipped.
  /// - Throws: `WireFormatError.strayBytes` if fewer than 4 bytes are left, `.badValue` if `nla_len` is less than 4,
  ///   `.truncated` if the payload does not fit.
  @_lifetime(copy self)
  package mutating func next() throws(WireFormatError) -> Attribute? {
    guard !remaining.isEmpty else { return nil }
    guard remaining.byteCount >= 4 else { throw .strayBytes(count: remaining.byteCount) }
    let length = Int(try remaining.nativeInteger(at: 0, as: UInt16.self, field: "nla_len"))
    let type = try remaining.nativeInteger(at: 2, as: UInt16.self, field: "nla_type")
    guard length >= 4 else { throw .badValue(field: "nla_len", value: UInt64(length)) }
    guard length <= remaining.byteCount else {
      throw .truncated(field: "attribute \(type & 0x3FFF)", need: length, have: remaining.byteCount)
    }
    let value = remaining.extracting(4..<length)
    remaining = remaining.extracting(droppingFirst: min(remaining.byteCount, (length + 3) & ~3))
    return Attribute(rawType: type, value: value)
  }
}
