/// The keys that a group's frames are sealed with.
///
/// The first one seals, and all of them open, so that the nodes of a group can get a new key one after another.
public struct KeyRing: Sendable {
  /// The size of a key in bytes.
  public static let keySize = 32

  /// The number of the key that seals.
  public let sealingID: UInt32
  private let keys: [UInt32: [UInt8]]

  /// Reads the text of a key file: lines of a number (1 to 4294967295), a blank, and 64 hexadecimal digits.
  ///
  /// `#` begins a comment.
  /// - Parameters:
  ///   - text: the text.
  ///   - name: the name of the file, for errors.
  /// - Throws: `KeyRingError` if a line is malformed, if two keys have the same number, or if there is no key.
  public init(parsing text: some StringProtocol, name: String) throws(KeyRingError) {
    var keys: [UInt32: [UInt8]] = [:]
    var first: UInt32?
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      let words = line.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" }
      guard !words.isEmpty else { continue }
      guard words.count == 2, let id = UInt32(words[0]), id > 0, let key = Self.key(words[1]) else {
        throw .badLine(file: name, line: index + 1)
      }
      guard keys.updateValue(key, forKey: id) == nil else { throw .sameNumber(file: name, line: index + 1, id) }
      first = first ?? id
    }
    guard let first else { throw .noKeys(file: name) }
    self.keys = keys
    sealingID = first
  }

  /// A line for a key file, with a new random key.
  /// - Parameter id: the number of the key.
  /// - Returns: the line, without a line break.
  public static func newLine(id: UInt32) -> String {
    var random = SystemRandomNumberGenerator()
    let key = (0..<keySize).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    return "\(id) " + key.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }

  subscript(id: UInt32) -> [UInt8]? { keys[id] }

  private static func key(_ text: some StringProtocol) -> [UInt8]? {
    let digits = text.utf8.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
    guard digits.count == text.utf8.count, digits.count == keySize * 2 else { return nil }
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  }
}

/// An error in the text of a key file.
public enum KeyRingError: Error, Hashable, Sendable {
  /// The line is not a number and a key.
  case badLine(file: String, line: Int)
  /// The line has the number of a former key.
  case sameNumber(file: String, line: Int, UInt32)
  /// The file has no keys.
  case noKeys(file: String)
}

extension KeyRingError: CustomStringConvertible {
  /// A message for the administrator, with the file and (if there is one) the line.
  public var description: String {
    switch self {
    case .badLine(let file, let line):
      "\(file):\(line): a key is a number from 1 on, a blank and 64 hexadecimal digits. "
        + "(`jool session proxy keygen` makes one.)"
    case .sameNumber(let file, let line, let id):
      "\(file):\(line): key \(id) exists already. Give one of the two another number, the same on all nodes."
    case .noKeys(let file): "The key file '\(file)' has no key. (`jool session proxy keygen` makes one.)"
    }
  }
}
