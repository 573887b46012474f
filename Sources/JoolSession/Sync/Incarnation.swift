/// The identity of one start of one proxy: 64 random bits.
///
/// It does not show which start is newer, because no start replaces another one.
struct Incarnation: Hashable, Comparable, Sendable {
  let number: UInt64

  /// No node.
  ///
  /// As the target of a frame it means all nodes.
  static let nobody = Incarnation(0)

  init(_ number: UInt64) { self.number = number }

  /// An arbitrary order.
  ///
  /// It breaks ties, so that the outcome is the same on all nodes and in each run of a test.
  static func < (left: Incarnation, right: Incarnation) -> Bool { left.number < right.number }
}
