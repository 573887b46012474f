internal import JoolCore

/// An audit under way: the module's table is read whole, then compared with the node's.
///
/// It is read before it is compared, because sessions are compared in ascending order of expiration.
struct TableAudit: Sendable {
  /// The reason of the audit.
  let reason: SessionProxy.Audit
  /// The time at which the audit began.
  let begin: Instant
  /// The module's table while it is being read.
  private var reading: TableReading?
  /// The module's sessions while they are being compared.
  private var transfer: TableTransfer?
  /// Whether the comparison waits until the send queue is empty.
  private var isPaused = false

  init(because reason: SessionProxy.Audit, now: Instant) {
    self.reason = reason
    begin = now
    reading = TableReading(now: now)
  }

  /// The request for the next page; `nil` once the table was read.
  var request: StoreRequest? { reading?.request }

  /// The number of sessions that the module has; 0 while its table is being read.
  var count: Int { transfer?.count ?? 0 }

  /// Whether all sessions were compared.
  var isFinished: Bool { transfer?.isFinished ?? false }

  /// The time at which the audit goes on; it may be in the past.
  ///
  /// `nil` while it waits for the send queue.
  var deadline: Instant? {
    if reading != nil { return begin }
    return isPaused ? nil : transfer?.deadline
  }

  /// Notes the page that was read for `request`.
  ///
  /// After the last page, this returns the module's static BIB entries.
  mutating func note(_ outcome: StoreRequest.Outcome, now: Instant) -> StaticEntries? {
    reading?.note(outcome, now: now)
    guard reading?.request == nil, let finished = reading.take() else { return nil }
    transfer = TableTransfer(finished.sessions, base: begin)
    return finished.statics
  }

  /// Takes the next sessions to be compared, if they are due and can be advertised.
  ///
  /// While the link is down, the audit pauses instead of filling the send queue. Once the queue is stalled, an audit
  /// that nobody waits for goes on, because a node without its link must become ready, too. Updates that peers miss
  /// meanwhile are repaired later.
  mutating func nextBurst(sending queue: SessionProxy.SendQueueState, now: Instant) -> [SessionEntry] {
    isPaused = queue != .empty && (queue == .waiting || reason == .advertisement)
    return isPaused ? [] : transfer?.nextBurst(now: now) ?? []
  }
}
