import JoolCore

/// The readings of a table, one after the other.
struct TopTimeline {
  /// The time from the beginning of a reading to that of the next one, if reading does not take long.
  let interval: Milliseconds
  private let clock = ContinuousClock()
  private var reading: (begun: ContinuousClock.Instant, table: TopReading)?
  private var lastBegun: ContinuousClock.Instant?
  private var nextDue: ContinuousClock.Instant?
  /// The last complete reading.
  private(set) var result: TopResult?

  init(interval: Milliseconds) { self.interval = interval }

  /// The number of rows that the present reading has read; `nil` if there is no present reading.
  var rows: Int? { reading?.table.rows }

  /// The time since the beginning of the present reading.
  var age: Duration { reading.map { $0.begun.duration(to: clock.now) } ?? .zero }

  /// Begins a reading.
  ///
  /// One that has begun is abandoned.
  mutating func begin(_ controls: TopControls) {
    let filter = controls.selection.filter
    let previous = result.flatMap { $0.selection.filter == filter ? $0.keys : nil }
    reading = (clock.now, TopReading(controls.selection, by: controls.grouping, previous: previous))
  }

  /// Reads a page.
  ///
  /// Blocks until the module has answered.
  /// - Returns: Whether `result` is new.
  mutating func step(_ client: inout TranslatorClient) throws(JoolError) -> Bool {
    guard let begun = reading?.begun, try reading?.table.step(from: &client) == true, let table = reading?.table else {
      return false
    }
    reading = nil
    let now = clock.now
    result = TopResult(
      table, previous: result, span: lastBegun.map { Milliseconds($0.duration(to: begun)) },
      readingTime: Milliseconds(begun.duration(to: now)))
    lastBegun = begun
    // Reading takes at most half of the time, because it occupies the module.
    nextDue = max(begun + interval.duration, now + begun.duration(to: now))
    return true
  }

  /// The time until the next reading is due.
  var pause: Duration { nextDue.map { max(.zero, clock.now.duration(to: $0)) } ?? .zero }
}
