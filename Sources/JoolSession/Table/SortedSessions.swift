internal import JoolCore

/// Sessions, to be taken in the order in which the module adds them fastest: ascending expiration per protocol and
/// timer.
///
/// Sorting a million sessions takes long, and so does copying them to a larger array. Therefore they are kept in runs
/// of a few thousand, which are sorted one at a time. The next session to take is the least of all runs.
package struct SortedSessions: Sendable {
  static let runBits = 13
  static let runLength = 1 << runBits

  private struct Run: Sendable {
    var sessions: [SessionEntry] = []
    /// The positions in `sessions` in ascending order.
    ///
    /// Empty until the run is sorted.
    var order: [UInt16] = []
    var cursor = 0
  }

  private var runs: [Run] = []
  /// The sort key of the next session of each sorted run that is not used up, and the number of the run.
  private var heads: [(order: UInt64, run: Int)] = []
  private var sorted = 0
  /// The number of sessions that were not taken yet.
  private(set) var count = 0

  init() {}

  init(_ sessions: some Sequence<SessionEntry>) {
    for session in sessions { append(session) }
  }

  var isEmpty: Bool { count == 0 }

  /// Adds a session.
  ///
  /// Nothing can be added once sorting has begun.
  mutating func append(_ session: SessionEntry) {
    // The count shows whether the last run is full. Looking at that run would retain it, and appending would then copy
    // it.
    if count == runs.count * Self.runLength { runs.append(Run()) }
    runs[runs.count - 1].sessions.append(session)
    count += 1
  }

  /// The session that was appended with this number, counted from 0, before sorting has begun.
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

  /// Removes the next sessions, at most `most`, and returns them.
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

  /// Removes sessions that are not to be taken after all.
  ///
  /// If there were any, the rest has to be sorted again.
  mutating func removeAll(where isOutdated: (SessionEntry) -> Bool) {
    guard runs.contains(where: { $0.sessions.contains(where: isOutdated) }) else { return }
    let left = runs.flatMap { run in
      run.order.isEmpty ? run.sessions : run.order[run.cursor...].map { run.sessions[Int($0)] }
    }
    self = SortedSessions(left.filter { !isOutdated($0) })
  }
}

extension SessionEntry {
  /// The sort key: protocol, timer, expiration, most significant first, in 42 bits.
  fileprivate var kernelOrder: UInt64 {
    UInt64(proto.rawValue) << 40 | UInt64(timer.rawValue) << 32 | UInt64(expiration.rawValue)
  }
}
