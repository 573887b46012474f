/// Globals: one attribute per variable, its number as type; booleans and small integers u8, others u32 (times in
/// milliseconds), prefixes nested, plateaus a list of u16.
extension GlobalSetting {
  /// `nil` if this library does not know the variable.
  init?(decoding attribute: borrowing Attribute) throws(WireFormatError) {
    guard let key = GlobalKey.numbered(attribute.type) else { return nil }
    let payload = attribute.value
    let value: GlobalValue =
      switch key.type {
      case .boolean: .boolean(try payload.wholeInteger(as: UInt8.self, field: key.name) != 0)
      case .unsigned8, .hairpinMode, .fArguments:
        .unsigned(UInt32(try payload.wholeInteger(as: UInt8.self, field: key.name)))
      case .unsigned32: .unsigned(try payload.wholeInteger(as: UInt32.self, field: key.name))
      case .timeout: .timeout(Milliseconds(try payload.wholeInteger(as: UInt32.self, field: key.name)))
      case .plateaus: .plateaus(try Self.plateaus(decoding: payload))
      case .prefix6: .prefix6(try PrefixChoice(decoding: payload).prefix)
      case .prefix4: .prefix4(try PrefixChoice(decoding: payload).prefix)
      }
    self.init(key: key, value: value)
  }

  private static func plateaus(decoding payload: RawSpan) throws(WireFormatError) -> [UInt16] {
    var plateaus: [UInt16] = []
    var reader = AttributeReader(payload)
    while let attribute = try reader.next() {
      plateaus.append(try attribute.value.wholeInteger(as: UInt16.self, field: "plateau"))
    }
    return plateaus
  }

  /// A run of globals.
  /// - Parameters:
  ///   - payload: The run of attributes.
  ///   - skippingUnknown: Whether variables of a newer module are no error.
  /// - Returns: The variables in the order of the run.
  /// - Throws: `WireFormatError` if a variable has another size or form than its type, or is unknown.
  static func list(decoding payload: RawSpan, skippingUnknown: Bool) throws(WireFormatError) -> [GlobalSetting] {
    var settings: [GlobalSetting] = []
    var reader = AttributeReader(payload)
    while let attribute = try reader.next() {
      if let setting = try GlobalSetting(decoding: attribute) {
        settings.append(setting)
      } else if !skippingUnknown {
        throw .unexpected(attribute: attribute.type, in: "GLOBALS")
      }
    }
    return settings
  }

  func encode(into writer: inout AttributeWriter) {
    let number = key.number
    switch value {
    case .boolean(let value): writer.attribute(number, UInt8(value ? 1 : 0))
    case .unsigned(let value) where key.type == .unsigned32: writer.attribute(number, value)
    case .unsigned(let value): writer.attribute(number, UInt8(truncatingIfNeeded: value))
    case .timeout(let value): writer.attribute(number, value.rawValue)
    case .plateaus(let list): writer.nest(number) { for plateau in list { $0.attribute(1, plateau) } }
    case .prefix6(let prefix): PrefixChoice(prefix).encode(as: number, into: &writer)
    case .prefix4(let prefix): PrefixChoice(prefix).encode(as: number, into: &writer)
    }
  }
}
