/// A random generator with a seed (SplitMix64, Steele et al.
///
/// 2014).
package struct Dice: RandomNumberGenerator, Sendable {
  private var state: UInt64

  package init(_ seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Dice.mix(state)
  }

  mutating func chance(_ share: Double) -> Bool { Double.random(in: 0..<1, using: &self) < share }

  mutating func number(_ range: ClosedRange<Double>) -> Double { Double.random(in: range, using: &self) }

  mutating func number(_ range: Range<Int>) -> Int { Int.random(in: range, using: &self) }

  /// A hash of numbers, for random decisions that do not depend on other events.
  static func hash(_ numbers: UInt64...) -> UInt64 {
    var result: UInt64 = 0x2545_F491_4F6C_DD1D
    for number in numbers { result = mix(result ^ mix(number &+ 0x9E37_79B9_7F4A_7C15)) }
    return result
  }

  /// A share from 0 to 1, excluding 1.
  static func share(_ hash: UInt64) -> Double { Double(hash >> 11) / Double(1 << 53) }

  private static func mix(_ state: UInt64) -> UInt64 {
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }
}
