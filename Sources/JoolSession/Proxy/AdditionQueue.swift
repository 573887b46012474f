internal import DequeModule

/// Rows whose sessions the module should get because they are news, in the order in which they came.
///
/// The module keeps a list per protocol and timer sorted by expiration and walks it from its tail for every session
/// added: sessions in random order cost n², in ascending order next to nothing (40,000: 11.5 s against 0.74 s), and it
/// does so under the lock that its packets need. What decides is the order within a burst, so a burst is given as a
/// whole, within bounds of time and number. A trickle waits only for `quiet`.
struct AdditionQueue: Sendable {
  /// A burst is over when nothing came for this long.
  static let quiet = Duration.milliseconds(20)
  /// Few sessions wait no longer than this, however steadily more of them arrive: order hardly matters for them.
  static let trickleLimit = Duration.milliseconds(100)
  static let trickleCount = 2000
  /// A burst waits no longer than this.
  static let burstLimit = Duration.seconds(4)
  /// Nor for more sessions than this, so that a steady stream cannot hold it open.
  static let burstCount = 20_000

  private var rows: Deque<UInt32> = []
  /// Those of `rows` that are still to be given.
  private var waiting = RowSet()
  /// When the first of `rows` came, and the last.
  private var first: Instant?
  private var latest: Instant?
  /// Whether somebody waits for what is there.
  private var isHurried = false
  /// How many rows have entered so far.
  private(set) var entered: UInt64 = 0

  var isEmpty: Bool { rows.isEmpty }

  /// - Returns: whether the row did not wait already. If it did, its session is given as it will be then.
  mutating func insert(_ row: UInt32, now: Instant) -> Bool {
    guard waiting.insert(row) else {
      latest = now
      return false
    }
    if first == nil { first = now }
    latest = now
    entered += 1
    rows.append(row)
    return true
  }

  /// The row's session is given otherwise.
  mutating func forget(_ row: UInt32) { waiting.remove(row) }

  /// Whether the row is waiting.
  func contains(_ row: UInt32) -> Bool { waiting.contains(row) }

  /// The burst that gathers should not grow any more.
  mutating func hurry() { if !rows.isEmpty { isHurried = true } }

  /// When the burst is to be given at the latest. `nil` while there is none.
  var deadline: Instant? {
    guard let first, let latest else { return nil }
    if isHurried || rows.count >= Self.burstCount { return first }
    return min(latest + Self.quiet, first + (rows.count < Self.trickleCount ? Self.trickleLimit : Self.burstLimit))
  }

  /// Takes the oldest rows, at most `burstCount`.
  /// - Returns: those that are still to be given, and how many had entered.
  mutating func take(now: Instant) -> (rows: ContiguousArray<UInt32>, entered: Int) {
    let oldest = rows.prefix(Self.burstCount)
    let entered = oldest.count
    var taken: ContiguousArray<UInt32> = []
    taken.reserveCapacity(entered)
    for row in oldest where waiting.remove(row) { taken.append(row) }
    rows.removeFirst(entered)
    isHurried = false
    first = rows.isEmpty ? nil : now
    return (taken, entered)
  }
}
