/// Which numbers of a sender have come, so that none counts twice (RFC 4303 §3.4.3, RFC 6479).
struct ReplayWindow: Sendable {
  /// Numbers this far below the highest are remembered one by one; lower ones are refused.
  static let size: UInt64 = 4096

  private var words: [UInt64]
  private var highest: UInt64

  /// Begins with a number that has come; those before it count as if they had come, too.
  init(after first: UInt64) {
    words = [UInt64](repeating: .max, count: Int(Self.size / 64))
    highest = first
    words[slot(first)] = bit(first) | (bit(first) - 1)
  }

  /// Notes a number.
  /// - Returns: whether it is the first time, as far as the window reaches.
  mutating func admit(_ number: UInt64) -> Bool {
    if number > highest {
      // Words that the window leaves are reused for what it enters.
      let (from, to) = (highest / 64 + 1, number / 64)
      if from <= to {
        for word in from...min(to, from + Self.size / 64 - 1) { words[Int(word % (Self.size / 64))] = 0 }
      }
      highest = number
      mark(number)
      return true
    }
    // A word less than there are: the oldest one may be shared with the newest.
    guard highest - number < Self.size - 64 else { return false }
    guard words[slot(number)] & bit(number) == 0 else { return false }
    mark(number)
    return true
  }

  private mutating func mark(_ number: UInt64) { words[slot(number)] |= bit(number) }

  private func slot(_ number: UInt64) -> Int { Int(number / 64 % (Self.size / 64)) }

  private func bit(_ number: UInt64) -> UInt64 { 1 << (number % 64) }
}
