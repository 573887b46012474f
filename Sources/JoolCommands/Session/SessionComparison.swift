import JoolCore

/// The comparison of two session tables, each listed in the module's order: by protocol, mask and IPv4 node.
///
/// It keeps one page of each list.
struct SessionComparison {
  /// The greatest difference of the times left that does not count; `nil` if times do not count.
  var tolerance: Milliseconds?

  /// A session that is not the same in both tables.
  enum Difference: Hashable {
    /// Only the first table has it.
    case removed(SessionEntry)
    /// Only the second table has it.
    case added(SessionEntry)
    /// Both have it, with another state or time left.
    case changed(from: SessionEntry, to: SessionEntry)
  }

  /// Compares two tables, page by page.
  /// - Parameters:
  ///   - first: returns the next page of the first table, which is not empty; `nil` after the last one.
  ///   - second: the same for the second table.
  ///   - found: gets each difference.
  /// - Throws: the errors of `first` and `second`.
  func run<Failure>(
    _ first: () throws(Failure) -> [SessionEntry]?, _ second: () throws(Failure) -> [SessionEntry]?,
    _ found: (Difference) -> Void
  ) throws(Failure) {
    var (left, right): (ArraySlice<SessionEntry>, ArraySlice<SessionEntry>) = ([], [])
    while true {
      if left.isEmpty { left = (try first() ?? [])[...] }
      if right.isEmpty { right = (try second() ?? [])[...] }
      switch (left.first, right.first) {
      case (nil, nil): return
      case (let old?, nil):
        found(.removed(old))
        left.removeFirst()
      case (nil, let new?):
        found(.added(new))
        right.removeFirst()
      case (let old?, let new?):
        if Self.key(old) < Self.key(new) {
          found(.removed(old))
          left.removeFirst()
        } else if Self.key(new) < Self.key(old) {
          found(.added(new))
          right.removeFirst()
        } else {
          compare(old, new, found)
          left.removeFirst()
          right.removeFirst()
        }
      }
    }
  }

  private static func key(_ session: SessionEntry) -> (UInt8, TransportAddress4, TransportAddress4) {
    (session.proto.rawValue, session.source4, session.destination4)
  }

  /// Compares two sessions with the same key.
  private func compare(_ old: SessionEntry, _ new: SessionEntry, _ found: (Difference) -> Void) {
    if old.source6 != new.source6 {
      found(.removed(old))
      found(.added(new))
    } else if old.state != new.state || !isTolerated(old.expiration, new.expiration) {
      found(.changed(from: old, to: new))
    }
  }

  private func isTolerated(_ old: Milliseconds, _ new: Milliseconds) -> Bool {
    tolerance.map { max(old.rawValue, new.rawValue) - min(old.rawValue, new.rawValue) <= $0.rawValue } ?? true
  }
}
