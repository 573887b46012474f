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
  /// Padding after the attribute is skipped. This function is inlined, so its errors are made elsewhere.
  /// - Throws: `WireFormatError.strayBytes` if fewer than 4 bytes are left, `.badValue` if `nla_len` is less than 4,
  ///   `.truncated` if the payload does not fit.
  @_lifetime(copy self)
  package mutating func next() throws(WireFormatError) -> Attribute? {
    guard !remaining.isEmpty else { return nil }
    guard let (length, type) = remaining.attributeHeader else { throw .strayBytes(count: remaining.byteCount) }
    guard 4...remaining.byteCount ~= length else {
      throw Self.badLength(length, of: type, available: remaining.byteCount)
    }
    let value = remaining.extracting(4..<length)
    remaining = remaining.extracting(droppingFirst: min(remaining.byteCount, (length + 3) & ~3))
    return Attribute(rawType: type, value: value)
  }

  @inline(never)
  private static func badLength(_ length: Int, of type: UInt16, available: Int) -> WireFormatError {
    guard length >= 4 else { return .badValue(field: "nla_len", value: UInt64(length)) }
    return .truncated(field: "attribute \(type & 0x3FFF)", need: length, have: available)
  }
}
