/// Update numbers, as ranges: ascending, neither overlapping nor adjacent.
struct SequenceRanges: Sendable {
  /// The maximum number of ranges.
  static let capacity = 1024

  /// The result of an insertion.
  enum Insertion: Hashable, Sendable {
    /// The number was not contained.
    case new
    /// The number was contained already.
    case known
    /// The number was not contained, and there is no room for another range.
    case full
  }

  private var ranges: [ClosedRange<UInt64>] = []

  var isEmpty: Bool { ranges.isEmpty }

  /// One more than the highest number; 0 if there is none.
  var end: UInt64 { ranges.last.map { $0.upperBound &+ 1 } ?? 0 }

  /// The lowest number of the first range that begins above `number`.
  func start(above number: UInt64) -> UInt64? { ranges.first { $0.lowerBound > number }?.lowerBound }

  /// The first number from `start` on that is not contained.
  func gap(from start: UInt64) -> UInt64 {
    var gap = start
    for range in ranges where range.lowerBound <= gap { gap = max(gap, range.upperBound &+ 1) }
    return gap
  }

  /// The ranges of numbers from `start` on and before `end` that are not contained, at most `limit`.
  func gaps(from start: UInt64, before end: UInt64, limit: Int) -> [SyncFrame.MissingUpdates] {
    var start = start
    var gaps: [SyncFrame.MissingUpdates] = []
    for range in ranges where range.lowerBound > start {
      gaps.append(SyncFrame.MissingUpdates(first: start, count: UInt32(clamping: range.lowerBound - start)))
      if gaps.count == limit { return gaps }
      start = range.upperBound &+ 1
    }
    if start < end { gaps.append(SyncFrame.MissingUpdates(first: start, count: UInt32(clamping: end - start))) }
    return gaps
  }

  /// How many numbers from `start` on and before `end` are not contained.
  func missingCount(from start: UInt64, before end: UInt64) -> UInt64 {
    guard start < end else { return 0 }
    return ranges.reduce(end - start) { count, range in
      let low = max(range.lowerBound, start)
      let high = min(range.upperBound &+ 1, end)
      return low < high ? count - (high - low) : count
    }
  }

  mutating func insert(_ number: UInt64) -> Insertion {
    var index = ranges.endIndex
    while index > 0, ranges[index - 1].lowerBound > number { index -= 1 }
    let joinsBefore = index > 0 && ranges[index - 1].upperBound &+ 1 >= number
    if joinsBefore, ranges[index - 1].upperBound >= number { return .known }
    let joinsAfter = index < ranges.endIndex && ranges[index].lowerBound == number &+ 1
    switch (joinsBefore, joinsAfter) {
    case (true, true):
      ranges[index - 1] = ranges[index - 1].lowerBound...ranges[index].upperBound
      ranges.remove(at: index)
    case (true, false): ranges[index - 1] = ranges[index - 1].lowerBound...number
    case (false, true): ranges[index] = number...ranges[index].upperBound
    case (false, false):
      guard ranges.count < Self.capacity else { return .full }
      ranges.insert(number...number, at: index)
    }
    return .new
  }

  /// Removes the ranges that begin at `next` or before it.
  ///
  /// - Returns: One more than the highest number that was removed, or `next` if that is higher.
  mutating func removeFirst(reaching next: UInt64) -> UInt64 {
    var next = next
    while let first = ranges.first, first.lowerBound <= next {
      next = max(next, first.upperBound &+ 1)
      ranges.removeFirst()
    }
    return next
  }

  /// Removes all numbers from `end` on.
  mutating func remove(from end: UInt64) {
    ranges = ranges.compactMap { range in
      guard range.lowerBound < end else { return nil }
      return range.lowerBound...min(range.upperBound, end - 1)
    }
  }
}
