/// A value that is encoded as a run of attributes: the payload of a list's entry, of OPERAND or of OFFSET.
package protocol WireRecord: Hashable, Sendable {
  /// Decodes the attributes. Unknown attributes are ignored.
  /// - Throws: `WireFormatError` if a mandatory attribute is missing or an attribute cannot be decoded.
  init(decoding payload: RawSpan) throws(WireFormatError)
  /// Appends the attributes to `writer`.
  func encode(into writer: inout AttributeWriter)
  /// The entries of a list: attributes of type 1, each of which is a record.
  ///
  /// It is a requirement so that it is compiled for each type. Otherwise each call would look up the types of its parts
  /// while the program runs.
  static func list(decoding payload: RawSpan, in container: String) throws(WireFormatError) -> [Self]
}

extension WireRecord {
  /// The entries of a list.
  package static func list(decoding payload: RawSpan, in container: String) throws(WireFormatError) -> [Self] {
    var records: [Self] = []
    var reader = AttributeReader(payload)
    while let attribute = try reader.next() {
      guard attribute.type == Self.entry else { throw .unexpected(attribute: attribute.type, in: container) }
      // Usually all entries have the same size.
      if records.isEmpty { records.reserveCapacity(payload.byteCount / (attribute.value.byteCount + 4)) }
      records.append(try Self(decoding: attribute.value))
    }
    return records
  }

  /// The attribute type `JNLAL_ENTRY`.
  static var entry: UInt16 { 1 }
}

extension AttributeWriter {
  mutating func nest(_ type: UInt16, _ record: some WireRecord) {
    nest(type) { record.encode(into: &$0) }
  }

  mutating func nest<Record: WireRecord>(_ type: UInt16, list: [Record]) {
    nest(type) { for record in list { $0.nest(Record.entry, record) } }
  }
}
