/// One start of one proxy: 64 random bits. Nothing orders them, because no start replaces another one.
struct Incarnation: Hashable, Comparable, Sendable {
  let number: UInt64

  /// As the target of a frame: everybody.
  static let nobody = Incarnation(0)

  init(_ number: UInt64) { self.number = number }

  /// For outcomes that must be the same in each run.
  static func < (left: Incarnation, right: Incarnation) -> Bool { left.number < right.number }
}
