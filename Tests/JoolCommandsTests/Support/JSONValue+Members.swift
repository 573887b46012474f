import Foundation

@testable import JoolCommands

extension JSONValue {
  /// The value of the member with this name.
  subscript(name: String) -> JSONValue? { member(named: name)?.value }

  /// The elements, if this is an array.
  var array: [JSONValue]? {
    if case .array(let elements) = content { elements } else { nil }
  }
}

/// Reads what a command has printed.
///
/// `JSONReader` is lenient, so Foundation's parser must accept the text, too.
func json(_ text: String) throws -> JSONValue {
  _ = try JSONSerialization.jsonObject(with: Data(text.utf8))
  return try JSONReader.read(Array(text.utf8), isWhole: true)
}
