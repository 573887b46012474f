internal import JoolCore

/// The ranges of a pool4, sorted so that those which may overlap another range are found without comparing all of them.
struct MaskRangeIndex {
  /// The ranges, sorted by protocol, then by first address.
  private let ranges: [MaskRange]
  /// For each range, the highest last address among its protocol's ranges up to and including it.
  private let reach: [UInt32]
  private let known: Set<MaskRange>

  init(_ ranges: [MaskRange]) {
    let sorted = ranges.sorted {
      ($0.proto.rawValue, $0.addresses.lowerBound) < ($1.proto.rawValue, $1.addresses.lowerBound)
    }
    var reach: [UInt32] = []
    for (index, range) in sorted.enumerated() {
      let former = index > 0 && sorted[index - 1].proto == range.proto ? reach[index - 1] : 0
      reach.append(max(former, range.addresses.upperBound))
    }
    self.ranges = sorted
    self.reach = reach
    known = Set(ranges.map(\.withoutMark))
  }

  /// Whether exactly this range is in the pool, with any mark.
  func contains(_ range: MaskRange) -> Bool { known.contains(range.withoutMark) }

  /// The ranges whose addresses may overlap those of `range`.
  ///
  /// All other ranges do not overlap it.
  func candidates(for range: MaskRange) -> ArraySlice<MaskRange> {
    let proto = range.proto.rawValue
    let first = Self.firstIndex(in: 0..<ranges.count) {
      (ranges[$0].proto.rawValue, reach[$0]) >= (proto, range.addresses.lowerBound)
    }
    let end = Self.firstIndex(in: first..<ranges.count) {
      (ranges[$0].proto.rawValue, ranges[$0].addresses.lowerBound) > (proto, range.addresses.upperBound)
    }
    return ranges[first..<end]
  }

  /// The first index for which the condition holds, or the upper bound of `indices`.
  ///
  /// The condition must hold for all later indices, too, because this is a binary search.
  private static func firstIndex(in indices: Range<Int>, where condition: (Int) -> Bool) -> Int {
    var (low, high) = (indices.lowerBound, indices.upperBound)
    while low < high {
      let middle = low + (high - low) / 2
      if condition(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

extension MaskRange {
  fileprivate var withoutMark: MaskRange {
    var range = self
    range.mark = 0
    return range
  }
}
