internal import JoolCore
internal import JoolSession

/// Reads the module's pool4 page by page, so that other work goes on in between.
///
/// A pool4 may have an entry for each address of a large prefix.
struct Pool4Dump: Sendable {
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

  var isFinished: Bool { remaining.isEmpty || ranges.count > Self.maxRanges }

  /// Reads one page.
  mutating func readPage(from client: inout Jool.Client) throws(JoolError) {
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
