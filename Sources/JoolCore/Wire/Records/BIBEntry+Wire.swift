/// BIB entry: 1 SRC6, 2 SRC4 (transport addresses), 3 PROTO (u8), 4 STATIC (u8).
private enum Field: UInt16 {
  case source6 = 1
  case source4 = 2
  case proto = 3
  case isStatic = 4
}

extension BIBEntry: WireRecord {
  /// Decodes an entry.
  ///
  /// All members are mandatory.
  package init(decoding payload: RawSpan) throws(WireFormatError) {
    var isStatic: UInt8?
    let selector = try BIBSelector(decoding: payload, isStatic: &isStatic)
    self.init(
      proto: selector.proto, source6: try require(selector.source6, "SRC6"),
      source4: try require(selector.source4, "SRC4"), isStatic: try require(isStatic, "STATIC") != 0)
  }

  /// Appends the attributes to `writer`.
  package func encode(into writer: inout AttributeWriter) {
    writer.nest(Field.source6.rawValue, source6)
    writer.nest(Field.source4.rawValue, source4)
    writer.attribute(Field.proto.rawValue, proto.rawValue)
    writer.attribute(Field.isStatic.rawValue, UInt8(isStatic ? 1 : 0))
  }
}

extension BIBSelector: WireRecord {
  /// Decodes a selector.
  ///
  /// Only PROTO is mandatory.
  package init(decoding payload: RawSpan) throws(WireFormatError) {
    var isStatic: UInt8?
    try self.init(decoding: payload, isStatic: &isStatic)
  }

  fileprivate init(decoding payload: RawSpan, isStatic: inout UInt8?) throws(WireFormatError) {
    var source6: TransportAddress6?
    var source4: TransportAddress4?
    var proto: L4Protocol?
    var reader = AttributeReader(payload)
    while let attribute = try reader.next() {
      switch Field(rawValue: attribute.type) {
      case .source6: source6 = try TransportAddress(decoding: attribute.value)
      case .source4: source4 = try TransportAddress(decoding: attribute.value)
      case .proto: proto = try L4Protocol(decoding: attribute.value)
      case .isStatic: isStatic = try attribute.value.wholeInteger(as: UInt8.self, field: "STATIC")
      case nil: continue
      }
    }
    self.init(proto: try require(proto, "PROTO"), source6: source6, source4: source4)
  }

  /// Appends the attributes to `writer`.
  ///
  /// PROTO is always included, because the module uses uninitialized memory without it. STATIC is ignored by the
  /// module; the C client sends 1.
  package func encode(into writer: inout AttributeWriter) {
    if let source6 { writer.nest(Field.source6.rawValue, source6) }
    if let source4 { writer.nest(Field.source4.rawValue, source4) }
    writer.attribute(Field.proto.rawValue, proto.rawValue)
    writer.attribute(Field.isStatic.rawValue, UInt8(1))
  }
}
