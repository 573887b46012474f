internal import CSodium

/// A key of the group, or one that is derived from it.
///
/// Its bytes are cleared when its last copy ends. No text shows them.
struct SecretKey: Sendable {
  /// The bytes, which all copies of a key share.
  private let memory: Memory

  private final class Memory: Sendable {
    /// `KeyRing.keySize` bytes, which are written before another thread can see them.
    nonisolated(unsafe) let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: KeyRing.keySize)

    deinit {
      sodium_memzero(bytes, KeyRing.keySize)
      bytes.deallocate()
    }
  }

  /// Whether libsodium has selected the fastest functions for this processor. If it fails, it uses portable ones.
  private static let isPrepared = sodium_init() >= 0

  /// Makes a key whose bytes a function writes, all of them.
  init(writing: (UnsafeMutablePointer<UInt8>) -> Void) {
    _ = Self.isPrepared
    memory = Memory()
    writing(memory.bytes)
  }

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
    self.init { $0.initialize(from: bytes, count: KeyRing.keySize) }
  }

  /// Passes the bytes to a function, which must not keep the pointer.
  func withBytes<Result>(_ body: (UnsafePointer<UInt8>) -> Result) -> Result {
    withExtendedLifetime(memory) { body(memory.bytes) }
  }
}

extension SecretKey: Equatable {
  /// Compares keys in a time that does not depend on their bytes.
  static func == (one: SecretKey, other: SecretKey) -> Bool {
    one.withBytes { one in other.withBytes { sodium_memcmp(one, $0, KeyRing.keySize) == 0 } }
  }
}

extension SecretKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  static let hidden = "(hidden)"

  var description: String { Self.hidden }
  var debugDescription: String { Self.hidden }
  /// `dump` reads this instead of the bytes.
  var customMirror: Mirror { Mirror(self, children: []) }
}
