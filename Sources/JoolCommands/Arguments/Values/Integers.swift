import JoolCore

extension FixedWidthInteger where Self: UnsignedInteger {
  /// Reads decimal digits and nothing else.
  /// - `limit`: the greatest allowed value; by default the greatest value of the type.
  init(argument text: some StringProtocol, limit: Self = .max) throws(ArgumentError) {
    guard let value = Self(digits: text), value <= limit else { throw Self.fault(of: text, limit: limit) }
    self = value
  }

  /// The reason why a text is no integer of at most `limit`.
  private static func fault(of text: some StringProtocol, limit: Self) -> ArgumentError {
    let text = String(text)
    guard !text.isEmpty, text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) else { return .notUnsignedInteger(text) }
    guard UInt64(text) != nil else { return .integerTooLong(text) }
    return .outOfBounds(text, least: "0", greatest: String(limit))
  }
}

extension Bool {
  /// Reads `true 1 yes on` or `false 0 no off`, in any case.
  init(argument text: String) throws(ArgumentError) {
    switch text.lowercased() {
    case "true", "1", "yes", "on": self = true
    case "false", "0", "no", "off": self = false
    default: throw .notBoolean(text)
    }
  }
}

/// The list of MTU plateaus.
enum Plateaus {
  /// The greatest number of plateaus that the module accepts.
  static let limit = 64

  /// Reads numbers separated by commas.
  ///
  /// Blanks around them and empty elements are ignored.
  static func parse(_ text: String) throws(ArgumentError) -> [UInt16] {
    var plateaus: [UInt16] = []
    for element in text.split(separator: ",") {
      let blank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
      let digits = element.drop(while: blank).reversed().drop(while: blank).reversed()
      guard !digits.isEmpty else { continue }
      plateaus.append(try UInt16(argument: String(digits)))
    }
    guard !plateaus.isEmpty else { throw .emptyPlateaus }
    guard plateaus.count <= limit else { throw .tooManyPlateaus(limit: limit) }
    return plateaus
  }
}
