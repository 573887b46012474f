/// Transport address: 1 ADDR (4 or 16 bytes, network order), 2 PORT (u16, the CPU's order).
///
/// Both are mandatory: up to Jool 4.1.9 a missing PORT crashes the kernel.
private enum Field: UInt16 {
  case address = 1
  case port = 2
}

extension TransportAddress: WireRecord {
  /// Decodes a transport address.
  /// - Throws: `WireFormatError.repeated` if a member occurs twice, `.missing` if one is missing.
  package init(decoding payload: RawSpan) throws(WireFormatError) {
    var address: Address?
    var port: UInt16?
    var reader = AttributeReader(payload)
    while let attribute = try reader.next() {
      switch Field(rawValue: attribute.type) {
      case .address:
        guard address == nil else { throw .repeated(field: "transport ADDR") }
        address = try attribute.value.wholeAddress("transport ADDR")
      case .port:
        guard port == nil else { throw .repeated(field: "transport PORT") }
        port = try attribute.value.wholeInteger(as: UInt16.self, field: "transport PORT")
      case nil: continue
      }
    }
    self.init(try require(address, "transport ADDR"), try require(port, "transport PORT"))
  }

  /// Appends the attributes to `writer`.
  package func encode(into writer: inout AttributeWriter) {
    writer.attribute(Field.address.rawValue, address: address)
    writer.attribute(Field.port.rawValue, port)
  }
}

extension L4Protocol {
  init(decoding payload: RawSpan) throws(WireFormatError) {
    let number = try payload.wholeInteger(as: UInt8.self, field: "PROTO")
    guard let proto = L4Protocol(rawValue: number) else { throw .badValue(field: "PROTO", value: UInt64(number)) }
    self = proto
  }
}
