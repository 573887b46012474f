/// An error in the text of a key file.
///
/// It contains no part of the line, because that may be a key.
public enum KeyRingError: Error, Hashable, Sendable {
  /// The line is not a number and a key.
  case badLine(file: String, line: Int, Fault)
  /// The line has the number of a former key.
  case sameNumber(file: String, line: Int, UInt32)
  /// The file has no keys.
  case noKeys(file: String)

  /// The fault of a line.
  public enum Fault: Error, Hashable, Sendable {
    /// The line has this number of words.
    case notTwoWords(Int)
    /// The first word is not a number from 1 to 4294967295.
    case badNumber
    /// The key has this number of digits.
    case badLength(Int)
    /// The key has another character than a hexadecimal digit at this position, which counts from 1.
    case badDigit(position: Int)
  }
}

extension KeyRingError: CustomStringConvertible {
  /// A message for the administrator, with the file and (if there is one) the line.
  public var description: String {
    switch self {
    case .badLine(let file, let line, let fault):
      "\(file):\(line): \(fault) A line of a key is a number from 1 on, a blank and 64 hexadecimal digits. "
        + "(`jool session proxy keygen` makes one.)"
    case .sameNumber(let file, let line, let id):
      "\(file):\(line): key \(id) exists already. Give one of the two another number, the same on all nodes."
    case .noKeys(let file): "The key file '\(file)' has no key. (`jool session proxy keygen` makes one.)"
    }
  }
}

extension KeyRingError.Fault: CustomStringConvertible {
  /// The fault as a sentence.
  public var description: String {
    switch self {
    case .notTwoWords(let count): "The line has \(count) \(count == 1 ? "word" : "words") instead of two."
    case .badNumber: "The first word is not a number from 1 to 4294967295."
    case .badLength(let count): "The key has \(count) digits."
    case .badDigit(let position): "Character \(position) of the key is not a hexadecimal digit."
    }
  }
}
