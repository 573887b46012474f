internal import JoolCore

/// Sessions that are taken in the order in which the module adds them fastest: ascending expiration per protocol and timer.
///
/// A million sessions take a while to sort, and to copy to a larger array. So they are kept in runs of a few thousand. One run
/// is sorted at a time, and what is taken is the least of all runs.
package struct SortedSessions: Sendable {
  static let runBits = 13
  static let runLength = 1 << runBits

  private struct Run: Sendable {
    var sessions: [SessionEntry] = []
    /// Positions in `sessions`; empty until the run is sorted.
    var order: [UInt16] = []
    var cursor = 0
  }

  private var runs: [Run] = []
  /// Of each sorted run that is not used up: the order of its next session, and which run it is.
  private var heads: [(order: UInt64, run: Int)] = []
  private var sorted = 0
  /// How many there are to take.
  private(set) var count = 0

  init() {}

  init(_ sessions: some Sequence<SessionEntry>) {
    for session in sessions { append(session) }
  }

  var isEmpty: Bool { count == 0 }

  /// Nothing can be added once sorting has begun.
  mutating func append(_ session: SessionEntry) {
    // Not by a look at the last run: that would hold it, and appending would copy it.
    if count == runs.count * Self.runLength { runs.append(Run()) }
    runs[runs.count - 1].sessions.append(session)
    count += 1
  }

  /// A session that was appended, by its number, before anything was sorted.
  subscript(number: Int) -> SessionEntry {
    get { runs[number >> Self.runBits].sessions[number & (Self.runLength - 1)] }
    set { runs[number >> Self.runBits].sessions[number & (Self.runLength - 1)] = newValue }
  }

  /// Sorts one run.
  /// - Returns: whether all are sorted, so that sessions can be taken.
  mutating func sortSome() -> Bool {
    guard sorted < runs.count else { return true }
    let keys = runs[sorted].sessions.enumerated().map { $1.kernelOrder << UInt64(Self.runBits) | UInt64($0) }.sorted()
    runs[sorted].order = keys.map { UInt16(truncatingIfNeeded: $0) & UInt16(Self.runLength - 1) }
    if let first = keys.first { heads.append((first >> UInt64(Self.runBits), sorted)) }
    sorted += 1
    return sorted == runs.count
  }

  /// The next sessions, once.
  mutating func take(_ most: Int) -> [SessionEntry] {
    var taken: [SessionEntry] = []
    taken.reserveCapacity(min(most, count))
    while taken.count < most, let least = heads.indices.min(by: { heads[$0].order < heads[$1].order }) {
      let number = heads[least].run
      taken.append(runs[number].sessions[Int(runs[number].order[runs[number].cursor])])
      runs[number].cursor += 1
      if runs[number].cursor < runs[number].order.count {
        let next = runs[number].order[runs[number].cursor]
        heads[least].order = runs[number].sessions[Int(next)].kernelOrder
      } else {
        runs[number] = Run()
        heads.remove(at: least)
      }
    }
    count -= taken.count
    return taken
  }

  /// Some shall not be taken after all. What is left is to be sorted again.
  mutating func removeAll(where isOutdated: (SessionEntry) -> Bool) {
    guard runs.contains(where: { $0.sessions.contains(where: isOutdated) }) else { return }
    let left = runs.flatMap { run in
      run.order.isEmpty ? run.sessions : run.order[run.cursor...].map { run.sessions[Int($0)] }
    }
    self = SortedSessions(left.filter { !isOutdated($0) })
  }
}

extension SessionEntry {
  /// Protocol, timer, expiration, most significant first: 42 bits.
  fileprivate var kernelOrder: UInt64 {
    UInt64(proto.rawValue) << 40 | UInt64(timer.rawValue) << 32 | UInt64(expiration.rawValue)
  }
}
