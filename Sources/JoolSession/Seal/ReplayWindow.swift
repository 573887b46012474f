/// Remembers which numbers of a sender have arrived, so that none is accepted twice (RFC 4303 §3.4.3, RFC 6479).
struct ReplayWindow: Sendable {
  /// The number of bits that are stored.
  ///
  /// The window is one word shorter (see `admit`), so the highest 4,032 numbers are remembered one by one. Lower ones
  /// are refused.
  static let size: UInt64 = 4096

  private var words: [UInt64]
  private var highest: UInt64

  /// Begins with a number that has arrived.
  ///
  /// Lower ones count as arrived, too.
  init(after first: UInt64) {
    words = [UInt64](repeating: .max, count: Int(Self.size / 64))
    highest = first
    words[slot(first)] = bit(first) | (bit(first) - 1)
  }

  /// Notes a number that has arrived.
  /// - Returns: whether it is the first time. `false` for numbers below the window.
  mutating func admit(_ number: UInt64) -> Bool {
    if number > highest {
      // Words that leave the window are cleared, and used for the numbers that enter it.
      let (from, to) = (highest / 64 + 1, number / 64)
      if from <= to {
        for word in from...min(to, from + Self.size / 64 - 1) { words[Int(word % (Self.size / 64))] = 0 }
      }
      highest = number
      mark(number)
      return true
    }
    // The window is a word shorter than the storage, because the oldest word may be shared with the newest numbers.
    guard highest - number < Self.size - 64 else { return false }
    guard words[slot(number)] & bit(number) == 0 else { return false }
    mark(number)
    return true
  }

  private mutating func mark(_ number: UInt64) { words[slot(number)] |= bit(number) }

  private func slot(_ number: UInt64) -> Int { Int(number / 64 % (Self.size / 64)) }

  private func bit(_ number: UInt64) -> UInt64 { 1 << (number % 64) }
}
