// SymmetricKey is a value, though not declared Sendable.
@preconcurrency internal import Crypto
internal import FoundationEssentials

/// A key of the group, or one that is derived from it.
///
/// Its bytes are cleared when its last copy ends. No text shows them.
struct SecretKey: Equatable, Sendable {
  let value: SymmetricKey

  init(_ value: SymmetricKey) { self.value = value }

  /// Makes a key from the hexadecimal digits of a key file.
  init(digits: some StringProtocol) throws(KeyRingError.Fault) {
    var bytes: [UInt8] = []
    var high: UInt8?
    for (index, character) in digits.enumerated() {
      guard character.isASCII, let digit = character.hexDigitValue.map({ UInt8($0) }) else {
        throw .badDigit(position: index + 1)
      }
      if let first = high { bytes.append(first << 4 | digit) }
      high = high == nil ? digit : nil
    }
    guard digits.count == KeyRing.keySize * 2 else { throw .badLength(digits.count) }
    value = SymmetricKey(data: bytes)
  }
}

extension SecretKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  static let hidden = "(hidden)"

  var description: String { Self.hidden }
  var debugDescription: String { Self.hidden }
  /// `dump` reads this instead of the bytes.
  var customMirror: Mirror { Mirror(self, children: []) }
}
