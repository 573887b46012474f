import JoolCore

/// A set of ports, as disjoint ranges in ascending order with gaps between them.
struct PortSpans: Hashable, Sendable {
  private(set) var ranges: [ClosedRange<UInt16>] = []

  /// The union of ranges that may overlap.
  init(_ ranges: some Sequence<ClosedRange<UInt16>>) {
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = self.ranges.last, Int(range.lowerBound) <= Int(last.upperBound) + 1 {
        self.ranges[self.ranges.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
      } else {
        self.ranges.append(range)
      }
    }
  }

  var isEmpty: Bool { ranges.isEmpty }

  /// The ports that `other` lacks.
  func subtracting(_ other: PortSpans) -> PortSpans {
    var rest: [ClosedRange<UInt16>] = []
    for range in ranges {
      var first = Int(range.lowerBound)
      for taken in other.ranges where taken.overlaps(range) {
        if first < Int(taken.lowerBound) { rest.append(UInt16(first)...(taken.lowerBound - 1)) }
        first = Int(taken.upperBound) + 1
      }
      if first <= Int(range.upperBound) { rest.append(UInt16(first)...range.upperBound) }
    }
    return PortSpans(rest)
  }
}
