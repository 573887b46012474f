/// EAM: 1 PREFIX6, 2 PREFIX4.
private enum Field: UInt16 {
  case prefix6 = 1
  case prefix4 = 2
}

extension EAMEntry: WireRecord {
  /// Decodes an entry.
  ///
  /// Both prefixes are mandatory, and must not be null.
  package init(decoding payload: RawSpan) throws(WireFormatError) {
    let selector = try EAMSelector(decoding: payload)
    self.init(
      prefix6: try require(selector.prefix6.prefix, "PREFIX6"), prefix4: try require(selector.prefix4.prefix, "PREFIX4")
    )
  }

  /// Appends the attributes to `writer`.
  package func encode(into writer: inout AttributeWriter) {
    writer.nest(Field.prefix6.rawValue, prefix6)
    writer.nest(Field.prefix4.rawValue, prefix4)
  }
}

extension EAMSelector: WireRecord {
  /// Decodes a selector.
  ///
  /// Both prefixes are optional.
  package init(decoding payload: RawSpan) throws(WireFormatError) {
    self.init(prefix6: .absent, prefix4: .absent)
    var reader = AttributeReader(payload)
    while let attribute = try reader.next() {
      switch Field(rawValue: attribute.type) {
      case .prefix6: prefix6 = try PrefixChoice(decoding: attribute.value)
      case .prefix4: prefix4 = try PrefixChoice(decoding: attribute.value)
      case nil: continue
      }
    }
  }

  /// Appends the attributes to `writer`.
  package func encode(into writer: inout AttributeWriter) {
    prefix6.encode(as: Field.prefix6.rawValue, into: &writer)
    prefix4.encode(as: Field.prefix4.rawValue, into: &writer)
  }
}

extension AddressTranslation {
  /// The attributes of the answer to an address query: 1 ADDR6 or 2 ADDR4, and 3 PREFIX6052 or 4 EAM.
  private enum AnswerField: UInt16 {
    case address6 = 1
    case address4 = 2
    case prefix6052 = 3
    case eam = 4
  }

  init(decoding payload: RawSpan) throws(WireFormatError) {
    var address: AnyIPAddress?
    var rule: Rule?
    var reader = AttributeReader(payload)
    while let attribute = try reader.next() {
      switch AnswerField(rawValue: attribute.type) {
      case .address6: address = .v6(try attribute.value.wholeAddress("ADDR6"))
      case .address4: address = .v4(try attribute.value.wholeAddress("ADDR4"))
      case .prefix6052: rule = .pool6(try IPPrefix(decoding: attribute.value))
      case .eam: rule = .eam(try EAMEntry(decoding: attribute.value))
      case nil: continue
      }
    }
    self.init(address: try require(address, "ADDR"), rule: try require(rule, "PREFIX6052 or EAM"))
  }

  func encode(into writer: inout AttributeWriter) {
    switch address {
    case .v6(let address): writer.attribute(AnswerField.address6.rawValue, address: address)
    case .v4(let address): writer.attribute(AnswerField.address4.rawValue, address: address)
    }
    switch rule {
    case .pool6(let prefix): writer.nest(AnswerField.prefix6052.rawValue, prefix)
    case .eam(let entry): writer.nest(AnswerField.eam.rawValue, entry)
    }
  }
}
