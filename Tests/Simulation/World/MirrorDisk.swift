/// The disk of a mirror's host: the snapshots of its table.
///
/// It outlives the proxy and the host.
struct MirrorDisk {
  /// The bytes of the last snapshot that was completed.
  private(set) var completed: [UInt8]?
  private var unfinished: (bytes: [UInt8], due: Moment)?
  private(set) var nextNumber: UInt64 = 1

  var isWriting: Bool { unfinished != nil }

  /// Begins to write a snapshot, which is complete at a moment.
  mutating func write(_ bytes: [UInt8], until due: Moment) {
    unfinished = (bytes, due)
    nextNumber += 1
  }

  /// Completes the snapshot that is being written, if its time has come.
  mutating func advance(to now: Moment) {
    guard let (bytes, due) = unfinished, due <= now else { return }
    (completed, unfinished) = (bytes, nil)
  }

  /// The proxy ends, so a snapshot that is not complete is lost.
  /// - `isRunning`: whether the proxy was running until then. A stopped one writes nothing.
  mutating func stopWriting(isRunning: Bool, _ now: Moment) {
    if isRunning { advance(to: now) }
    unfinished = nil
  }

  mutating func lose() { completed = nil }
}
