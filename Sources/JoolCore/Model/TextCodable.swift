/// A value that is encoded as its text: `"192.0.2.1#80"` in JSON.
///
/// The text is that of `description`, and every text that the type parses can be decoded.
public protocol TextCodable: LosslessStringConvertible, Codable {}

extension TextCodable {
  /// Decodes a text.
  ///
  /// - Throws: `DecodingError.dataCorrupted` with the field and the text, if the type does not parse the text.
  public init(from decoder: any Decoder) throws { self = try decoder.decodeText(Self.init) }

  /// Encodes the text.
  public func encode(to encoder: any Encoder) throws { try encoder.encodeText(description) }
}

/// The coded form of types that have a text as well as a raw value, for which the standard library would encode the raw
/// value.
extension Decoder {
  func decodeText<Value>(_ parse: (String) -> Value?) throws -> Value {
    let container = try singleValueContainer()
    let text = try container.decode(String.self)
    guard let value = parse(text) else { throw refusal(of: text, Value.self, in: container) }
    return value
  }

  /// Decodes a name, or the number of a value that has none.
  func decodeNameOrNumber<Value: RawRepresentable<UInt8> & CustomStringConvertible>(
    _ named: [Value]
  ) throws -> Value {
    let container = try singleValueContainer()
    if let number = try? container.decode(UInt8.self), let value = Value(rawValue: number) { return value }
    let text = try container.decode(String.self)
    guard let value = named.first(where: { $0.description == text }) else {
      throw refusal(of: text, Value.self, in: container)
    }
    return value
  }

  private func refusal<Value>(
    of text: String, _ type: Value.Type, in container: any SingleValueDecodingContainer
  ) -> DecodingError {
    let field = codingPath.last.map { "\($0.stringValue): " } ?? ""
    return .dataCorruptedError(in: container, debugDescription: "\(field)'\(text)' is not a valid \(type).")
  }
}

extension Encoder {
  func encodeText(_ text: String) throws {
    var container = singleValueContainer()
    try container.encode(text)
  }

  /// Encodes the name of a value, or its number if it has none.
  func encodeNameOrNumber<Value: RawRepresentable<UInt8> & CustomStringConvertible & Equatable>(
    _ value: Value, _ named: [Value]
  ) throws {
    guard !named.contains(value) else { return try encodeText(value.description) }
    var container = singleValueContainer()
    try container.encode(value.rawValue)
  }
}
