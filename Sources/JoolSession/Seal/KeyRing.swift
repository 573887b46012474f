/// The keys that a group's frames are sealed with.
///
/// The first one seals, and all of them open, so that the nodes of a group can get a new key one after another. No text
/// shows them: printed or dumped, the ring is `(hidden)`.
public struct KeyRing: Sendable {
  /// The size of a key in bytes.
  public static let keySize = 32

  /// The number of the key that seals.
  public let sealingID: UInt32
  private let keys: [UInt32: SecretKey]

  /// Reads the text of a key file: lines of a number (1 to 4294967295), a blank, and 64 hexadecimal digits.
  ///
  /// `#` begins a comment.
  /// - Parameters:
  ///   - text: the text.
  ///   - name: the name of the file, for errors.
  /// - Throws: `KeyRingError` if a line is malformed, if two keys have the same number, or if there is no key.
  public init(parsing text: some StringProtocol, name: String) throws(KeyRingError) {
    var keys: [UInt32: SecretKey] = [:]
    var first: UInt32?
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      let words = line.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" }
      guard !words.isEmpty else { continue }
      let (id, key): (UInt32, SecretKey)
      do throws(KeyRingError.Fault) {
        guard words.count == 2 else { throw .notTwoWords(words.count) }
        guard let number = UInt32(words[0]), number > 0 else { throw .badNumber }
        (id, key) = (number, try SecretKey(digits: words[1]))
      } catch {
        throw .badLine(file: name, line: index + 1, error)
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
    // The random numbers are those of getrandom(2).
    let digits = (0..<keySize * 2).map { _ in String(UInt8.random(in: 0..<16), radix: 16) }.joined()
    return "\(id) \(digits)"
  }

  subscript(id: UInt32) -> SecretKey? { keys[id] }
}

extension KeyRing: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// `(hidden)`.
  public var description: String { SecretKey.hidden }
  /// `(hidden)`.
  public var debugDescription: String { SecretKey.hidden }
  /// A mirror without children, so that `dump` shows no key.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
