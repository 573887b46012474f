/// One netlink attribute: a number and a payload that still belongs to the message.
public struct Attribute: ~Escapable {
  /// Without the flags in the two upper bits.
  public let type: UInt16
  /// `NLA_F_NESTED`: the payload is attributes. Kernels before 5.2 do not set it in what they send.
  public let isNested: Bool
  public let value: RawSpan

  @_lifetime(copy value)
  init(rawType: UInt16, value: RawSpan) {
    self.type = rawType & 0x3FFF
    self.isNested = rawType & AttributeWriter.nestedFlag != 0
    self.value = value
  }
}

/// Walks a run of netlink attributes (`nla_len` u16, `nla_type` u16, payload, padding to 4; all in the CPU's order).
public struct AttributeReader: ~Escapable {
  private var remaining: RawSpan

  @_lifetime(copy payload)
  public init(_ payload: RawSpan) { remaining = payload }

  /// The next attribute, or `nil` at the end of the payload. Padding after it is skipped.
  /// - Throws: `WireFormatError.truncated` if a header or its payload does not fit, `.strayBytes` if a header does not.
  @_lifetime(copy self)
  public mutating func next() throws(WireFormatError) -> Attribute? {
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
