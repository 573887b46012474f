/// Keeps rows by their expirations, in four wheels of 256 lists, one wheel per byte of the tick ("hierarchical timing
/// wheels", Varghese and Lauck 1987).
///
/// A row is in the wheel of the highest byte in which its tick differs from `current`, in the list of that byte. When
/// `current` reaches the list, the row has expired or moves to a lower wheel, three times at most. Bit maps show which
/// lists have rows, so time without any costs nothing. The links of the lists are within the rows.
struct TimerWheel: Sendable {
  /// A flag in `timerPrevious`: the row is the first one of a list, whose number is in the other bits.
  private static let firstOf: UInt32 = 0x8000_0000

  /// The tick up to which all expired rows were taken.
  private(set) var current: UInt32
  private var heads = ContiguousArray(repeating: SessionRow.none, count: 1024)
  /// The lists that have rows: a bit per list, four words per wheel.
  private var occupied = ContiguousArray<UInt64>(repeating: 0, count: 16)

  init(startingAt current: UInt32 = 0) { self.current = current }

  /// A list, and the tick at which it has to be looked at.
  struct Event {
    let list: Int
    let tick: UInt32
  }

  /// Puts a row into the list of its `expires`, or of the next tick if that is past.
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

  /// Removes a row from its list.
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

  /// The next list to look at.
  ///
  /// Its rows expire at that tick or later. `nil` if no row is scheduled.
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

  /// Moves `current` forward.
  ///
  /// Expects that no event lies in between.
  mutating func advance(to tick: UInt32) { current = max(current, tick) }

  /// Removes the first row of a list and returns its number.
  ///
  /// `nil` if the list is empty.
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
