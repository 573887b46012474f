internal import JoolCore

/// Reads the module's pool4 page by page, so that other work goes on in between.
///
/// A pool4 may have an entry for each address of a large prefix.
struct Pool4Reading: Sendable {
  /// Reading stops beyond this number of ranges.
  ///
  /// Peers are sent fewer (`NodeSettings.maxRanges`), so the rest does not matter.
  static let maxRanges = 4 * NodeSettings.maxRanges

  /// The time at which reading began.
  let begin: Instant
  /// The ranges read so far.
  ///
  /// They are merged page by page, so that neither their number nor the time of one turn grows with the number of
  /// entries.
  private(set) var ranges: [MaskRange] = []
  private var remaining = L4Protocol.allCases
  private var previous: Pool4Entry?

  init(now: Instant) { begin = now }

  /// The request for the next page; `nil` if everything was read that matters.
  var request: StoreRequest? {
    guard ranges.count <= Self.maxRanges else { return nil }
    return remaining.first.map { .readPool4($0, after: previous) }
  }

  /// Adds the page that was read for `request`.
  mutating func note(_ entries: [Pool4Entry], hasMore: Bool) {
    ranges = MaskRange.merging(ranges + entries.map { MaskRange($0) })
    previous = hasMore ? entries.last : nil
    if previous == nil { remaining.removeFirst() }
  }
}
