/// Prefix: 1 ADDR (4 or 16 bytes), 2 LEN (u8).
///
/// Null ("unset") is LEN 0 without ADDR.
private enum Field: UInt16 {
  case address = 1
  case length = 2
}

extension IPPrefix: WireRecord {
  /// Decodes a prefix that is not null.
  /// - Throws: `WireFormatError.missing` also for a null prefix, which `PrefixChoice` accepts.
  package init(decoding payload: RawSpan) throws(WireFormatError) {
    guard case .prefix(let prefix) = try PrefixChoice<Address>(decoding: payload) else {
      throw .missing(field: "prefix ADDR")
    }
    self = prefix
  }

  /// Appends the attributes to `writer`.
  package func encode(into writer: inout AttributeWriter) {
    writer.attribute(Field.address.rawValue, address: address)
    writer.attribute(Field.length.rawValue, UInt8(length))
  }
}

extension PrefixChoice {
  /// Decodes a prefix or null.
  ///
  /// The result is never `.absent`.
  init(decoding payload: RawSpan) throws(WireFormatError) {
    var address: Address?
    var length: UInt8?
    var reader = AttributeReader(payload)
    while let attribute = try reader.next() {
      switch Field(rawValue: attribute.type) {
      case .address: address = try attribute.value.wholeAddress("prefix ADDR")
      case .length: length = try attribute.value.wholeInteger(as: UInt8.self, field: "prefix LEN")
      case nil: continue
      }
    }
    let bits = try require(length, "prefix LEN")
    guard let address else {
      self = .null
      return
    }
    guard let prefix = IPPrefix(address: address, length: Int(bits)) else {
      throw .badValue(field: "prefix LEN", value: UInt64(bits))
    }
    self = .prefix(prefix)
  }

  init(_ prefix: IPPrefix<Address>?) {
    self = if let prefix { .prefix(prefix) } else { .null }
  }

  /// The prefix, or `nil` for `.null` and `.absent`.
  var prefix: IPPrefix<Address>? {
    if case .prefix(let prefix) = self { prefix } else { nil }
  }

  /// Appends the prefix as attribute `type`; appends nothing for `.absent`.
  func encode(as type: UInt16, into writer: inout AttributeWriter) {
    switch self {
    case .absent: return
    case .null: writer.nest(type) { $0.attribute(Field.length.rawValue, UInt8(0)) }
    case .prefix(let prefix): writer.nest(type, prefix)
    }
  }
}
