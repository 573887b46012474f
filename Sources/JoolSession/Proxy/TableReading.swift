internal import JoolCore

/// Reads the module's BIB and sessions page by page.
struct TableReading: Sendable {
  /// The time at which the reading began.
  let base: Instant
  /// The sessions that were read so far, with the expirations that they had at `base`.
  private(set) var sessions = SortedSessions()
  /// The static BIB entries that were read so far.
  private(set) var statics = StaticEntries()
  /// The protocols whose BIB is still to be read.
  ///
  /// BIBs are read before sessions, because the static entries must be known before anything is removed.
  private var remainingBIBs: [L4Protocol] = [.tcp, .udp, .icmp]
  private var remaining: [L4Protocol] = [.tcp, .udp, .icmp]
  private var previousEntry: BIBEntry?
  private var previous: SessionEntry?

  init(now: Instant) { base = now }

  /// The request for the next page; `nil` if everything was read.
  var request: StoreRequest? {
    if let proto = remainingBIBs.first { return .readBIB(proto, after: previousEntry) }
    return remaining.first.map { .readSessions($0, after: previous) }
  }

  /// Notes the page that was read for `request`.
  ///
  /// Other outcomes than pages end the table that was being read.
  mutating func note(_ outcome: StoreRequest.Outcome, now: Instant) {
    var hasMore = false
    switch outcome {
    case .bibEntries(let entries, hasMore: let isFollowed):
      statics.note(entries)
      previousEntry = isFollowed ? entries.last : nil
      hasMore = previousEntry != nil
    case .sessions(let page, hasMore: let isFollowed):
      let passed = base.duration(to: now)
      for session in page { sessions.append(session.before(passed)) }
      previous = isFollowed ? page.last : nil
      hasMore = previous != nil
    case .done, .pool4Entries, .isStatic, .refused, .failed: break
    }
    guard !hasMore else { return }
    if remainingBIBs.isEmpty { remaining.removeFirst() } else { remainingBIBs.removeFirst() }
  }
}
