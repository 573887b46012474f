internal import JoolCore
internal import JoolSession

/// Reads the module's pool4 page by page, so that other work goes on in between: it may have an entry per address of a large prefix.
struct Pool4Dump: Sendable {
  /// With more ranges than this, which is more than peers are told, the rest does not matter.
  static let maxRanges = 4 * NodeSettings.maxRanges

  let begin: Instant
  /// Merged as they come, so that neither their number nor the time of a turn grows with that of the entries.
  private(set) var ranges: [MaskRange] = []
  private var remaining = L4Protocol.allCases
  private var previous: Pool4Entry?

  init(now: Instant) { begin = now }

  var isFinished: Bool { remaining.isEmpty || ranges.count > Self.maxRanges }

  /// Reads one page.
  mutating func readPage(from client: inout JoolClient<NetlinkSocket>) throws(JoolError) {
    guard let proto = remaining.first else { return }
    let page = try client.pool4Entries(of: proto, after: previous)
    add(page.entries)
    previous = page.hasMore ? page.entries.last : nil
    if !page.hasMore { remaining.removeFirst() }
  }

  mutating func add(_ entries: [Pool4Entry]) {
    ranges = MaskRange.merging(ranges + entries.map { MaskRange($0) })
  }
}
