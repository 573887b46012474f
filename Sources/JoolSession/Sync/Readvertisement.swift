/// The pass through the table that sends records again, because the module's timeouts have become shorter.
///
/// It loads the network about as much as a transfer does.
struct Readvertisement: Sendable {
  /// The number of rows in a batch, and the pause after it.
  static let rows: UInt32 = 1024
  static let pause = TimeAmount.milliseconds(5)

  /// The first row of the next batch.
  private var row: UInt32 = 0
  /// When the next batch is due; `nil` if there is no pass.
  private(set) var next: Instant?

  /// Begins a pass, at the table's first row.
  mutating func start(now: Instant) { (row, next) = (0, now) }

  /// The first row of the batch that is due now; `nil` if none is.
  func dueRow(now: Instant) -> UInt32? {
    guard let next, next <= now else { return nil }
    return row
  }

  /// Notes that a batch was sent.
  /// - `row`: the first row of the next one; `nil` if the pass is complete.
  mutating func sent(continuingAt row: UInt32?, now: Instant) {
    (self.row, next) = (row ?? 0, row.map { _ in now + Self.pause })
  }
}
