import JoolCore
import Testing

@testable import JoolSession

/// No text shows a key: a log, an error or a debugger's output may be sent to somebody else.
@Suite struct KeySecrecyTests {
  private static let bytes = (0..<KeyRing.keySize).map { UInt8(101 + 4 * $0) }
  private static let digits = bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()

  private static func ring() throws -> KeyRing { try KeyRing(parsing: "1 \(digits)", name: "keys") }

  /// All texts that the standard library makes of a value.
  private static func texts(of value: some Any) -> [String] {
    var dumped = ""
    dump(value, to: &dumped)
    return ["\(value)", String(describing: value), String(reflecting: value), dumped]
  }

  /// Whether a text has some bytes of the key, as digits or as a list of numbers.
  private static func reveals(_ text: String) -> Bool {
    let numbers = text.split { !$0.isNumber }.compactMap { UInt8($0) }
    return text.lowercased().contains(digits.prefix(8)) || text.lowercased().contains(digits.suffix(8))
      || numbers.contains(bytes.prefix(3))
  }

  @Test func theTestRecognizesAKey() {
    for text in Self.texts(of: Self.bytes) + [Self.digits.uppercased()] { #expect(Self.reveals(text)) }
  }

  @Test func keysAreHidden() throws {
    let ring = try Self.ring()
    let key = try #require(ring[1])
    for text in Self.texts(of: ring) + Self.texts(of: key) {
      #expect(text.contains("(hidden)"))
      #expect(text.utf8.count < 16, "\(text)")
    }
    #expect("\(ring)" == "(hidden)" && "\(key)" == "(hidden)")
  }

  /// The seal also has keys that are derived from those of the ring.
  @Test func whatContainsKeysShowsNone() throws {
    let ring = try Self.ring()
    var seal = FrameSeal(keys: ring, start: 1)
    _ = seal.seal([[0]])
    let proxy = SessionProxy(instance: .default, seed: 1, keys: ring)
    for text in Self.texts(of: seal) + Self.texts(of: proxy) + Self.texts(of: [Optional(ring)]) {
      #expect(text.contains("(hidden)"))
      #expect(!Self.reveals(text), "\(text)")
    }
  }

  @Test(arguments: [
    digits, "\(digits) 1", "1 \(digits) 2", "1 \(digits)0", "1 \(digits.dropLast())", "1 \(digits.dropLast())g",
    "1 \(digits)\n1 \(digits)",
  ]) func errorsShowNoKey(text: String) {
    let error = #expect(throws: KeyRingError.self) { try KeyRing(parsing: text, name: "keys") }
    for text in Self.texts(of: error) { #expect(!Self.reveals(text), "\(text)") }
  }
}
