/// Rows by when they are due: four wheels of 256 lists, one per byte of the tick ("hierarchical timing wheels", Varghese
/// and Lauck 1987).
///
/// A row is in the wheel of the highest byte in which its tick differs from `current`, in the list of that byte. When
/// `current` gets there, the row is due or moves to a lower wheel: three times at most. Bit maps say which lists have
/// rows, so time without any costs nothing. The lists are links within the rows.
struct TimerWheel: Sendable {
  /// In `timerPrevious`: the row is the first one of the list whose number follows.
  private static let firstOf: UInt32 = 0x8000_0000

  /// All rows that were due up to this tick were taken.
  private(set) var current: UInt32
  private var heads = ContiguousArray(repeating: SessionRow.none, count: 1024)
  /// A bit per list, four words per wheel.
  private var occupied = ContiguousArray<UInt64>(repeating: 0, count: 16)

  init(startingAt current: UInt32 = 0) { self.current = current }

  /// A list, and when it is its turn.
  struct Event {
    let list: Int
    let tick: UInt32
  }

  /// Puts a row into the list of its `expires`, or into the next tick's if that is past.
  mutating func schedule(_ number: UInt32, in rows: inout RowStore) {
    let tick = max(rows[number].expires, current + 1)
    let wheel = (31 - (tick ^ current).leadingZeroBitCount) / 8
    let list = wheel * 256 + Int(tick >> UInt32(wheel * 8) & 0xFF)
    let next = heads[list]
    rows[number].timerNext = next
    rows[number].timerPrevious = Self.firstOf | UInt32(list)
    if next != SessionRow.none { rows[next].timerPrevious = number }
    heads[list] = number
    occupied[list / 64] |= 1 << UInt64(list % 64)
  }

  mutating func unschedule(_ number: UInt32, in rows: inout RowStore) {
    let next = rows[number].timerNext
    let previous = rows[number].timerPrevious
    if next != SessionRow.none { rows[next].timerPrevious = previous }
    guard previous & Self.firstOf != 0 else {
      rows[previous].timerNext = next
      return
    }
    let list = Int(previous & ~Self.firstOf)
    heads[list] = next
    if next == SessionRow.none { occupied[list / 64] &= ~(1 << UInt64(list % 64)) }
  }

  /// The list whose turn is next. Its rows are due then, or not before.
  var nextEvent: Event? {
    for wheel in 0..<4 {
      let shift = UInt64(wheel * 8)
      let digit = Int(UInt64(current) >> shift & 0xFF)
      guard let next = firstOccupied(of: wheel, after: digit) else { continue }
      let higher = (UInt64(current) >> (shift + 8)) << (shift + 8)
      return Event(list: wheel * 256 + next, tick: UInt32(truncatingIfNeeded: higher | UInt64(next) << shift))
    }
    return nil
  }

  /// Expects that no event lies in between.
  mutating func advance(to tick: UInt32) { current = max(current, tick) }

  /// The first row of a list, not in it any more.
  mutating func takeFirst(of list: Int, in rows: inout RowStore) -> UInt32? {
    let number = heads[list]
    guard number != SessionRow.none else { return nil }
    unschedule(number, in: &rows)
    return number
  }

  private func firstOccupied(of wheel: Int, after digit: Int) -> Int? {
    var candidate = digit + 1
    while candidate < 256 {
      let word = occupied[wheel * 4 + candidate / 64] >> UInt64(candidate % 64)
      if word != 0 { return candidate + word.trailingZeroBitCount }
      candidate = (candidate / 64 + 1) * 64
    }
    return nil
  }
}
