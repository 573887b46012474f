import Testing

@testable import JoolSession

@Suite struct SequenceRangesTests {
  private func ranges(_ numbers: [UInt64]) -> SequenceRanges {
    var ranges = SequenceRanges()
    for number in numbers { _ = ranges.insert(number) }
    return ranges
  }

  private func gaps(_ ranges: SequenceRanges, from start: UInt64, before end: UInt64, limit: Int = 64) -> [[UInt64]] {
    ranges.gaps(from: start, before: end, limit: limit).map { [$0.first, UInt64($0.count)] }
  }

  @Test func joinsAdjacentNumbers() {
    let ranges = ranges([5, 7, 6, 10])
    #expect(gaps(ranges, from: 4, before: 12) == [[4, 1], [8, 2], [11, 1]])
    #expect(ranges.missingCount(from: 4, before: 12) == 4)
    #expect(ranges.missingCount(from: 6, before: 9) == 1)
    #expect(ranges.end == 11)
    #expect(ranges.gap(from: 5) == 8)
    #expect(ranges.gap(from: 8) == 8)
    #expect(ranges.start(above: 5) == 10)
    #expect(ranges.start(above: 10) == nil)
  }

  @Test func knowsWhatItContains() {
    var ranges = ranges([5, 6])
    let again = ranges.insert(5)
    #expect(again == .known)
    let new = ranges.insert(4)
    #expect(new == .new)
    #expect(ranges.gap(from: 4) == 7)
  }

  @Test func limitsTheNumberOfGaps() {
    #expect(gaps(ranges([2, 4, 6]), from: 1, before: 8, limit: 2) == [[1, 1], [3, 1]])
    #expect(gaps(SequenceRanges(), from: 3, before: 3).isEmpty)
  }

  @Test func hasNoRoomForMoreRangesThanItsCapacity() {
    var ranges = ranges((0..<UInt64(SequenceRanges.capacity)).map { $0 * 2 })
    let full = ranges.insert(5000)
    #expect(full == .full)
    let adjacent = ranges.insert(1)
    #expect(adjacent == .new, "an adjacent number needs no range of its own")
  }

  @Test func removesFromBothEnds() {
    var ranges = ranges([5, 6, 9])
    #expect(ranges.removeFirst(reaching: 4) == 4)
    #expect(ranges.removeFirst(reaching: 5) == 7)
    #expect(ranges.end == 10)
    ranges.remove(from: 9)
    #expect(ranges.isEmpty)
    #expect(ranges.end == 0)
  }

  @Test func acceptsTheHighestNumber() {
    let ranges = ranges([.max])
    #expect(ranges.missingCount(from: .max - 1, before: .max) == 1)
  }
}
