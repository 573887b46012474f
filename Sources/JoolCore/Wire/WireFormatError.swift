/// The reason why bytes cannot be decoded.
///
/// The names of fields are the kernel's.
public enum WireFormatError: Error, Hashable, Sendable {
  /// The bytes end inside `field`.
  case truncated(field: String, need: Int, have: Int)
  /// `field` has a size that its type does not have.
  case wrongSize(field: String, expected: Int, actual: Int)
  /// A mandatory attribute is missing.
  case missing(field: String)
  /// An attribute that should occur once occurs again.
  case repeated(field: String)
  /// An attribute is in a place where it does not belong.
  case unexpected(attribute: UInt16, in: String)
  /// A container lacks the nested flag, which kernels from 5.2 on require.
  case notNested(field: String)
  /// `field` has a number that it must not have.
  case badValue(field: String, value: UInt64)
  /// `field` has a text that it must not have.
  case badText(field: String, String)
  /// Bytes follow the last attribute.
  case strayBytes(count: Int)
  /// A frame has another version of the protocol between proxies.
  case unsupportedVersion(UInt8)
}

extension WireFormatError: CustomStringConvertible {
  /// A sentence without its period, for messages and logs.
  public var description: String {
    switch self {
    case .truncated(let field, let need, let have): "\(field) needs \(need) bytes, but has only \(have)"
    case .wrongSize(let field, let expected, let actual): "\(field) has \(actual) bytes instead of \(expected)"
    case .missing(let field): "\(field) is missing"
    case .repeated(let field): "\(field) occurs twice"
    case .unexpected(let attribute, let parent): "attribute \(attribute) does not belong in \(parent)"
    case .notNested(let field): "\(field) lacks the nested flag"
    case .badValue(let field, let value): "\(field) cannot be \(value)"
    case .badText(let field, let text): "\(field) cannot be \(text.debugDescription)"
    case .strayBytes(let count): "\(count) bytes follow the last attribute"
    case .unsupportedVersion(let version): "version \(version) of the protocol is not supported"
    }
  }
}

/// Unwraps a mandatory member of a record.
/// - Throws: `WireFormatError.missing` with the name of the field.
func require<Value>(_ value: Value?, _ field: String) throws(WireFormatError) -> Value {
  guard let value else { throw .missing(field: field) }
  return value
}
