internal import JoolCore

/// The records that this node makes: the clock that gives them their versions, and the places in which sessions wait
/// until a record of them is sent.
struct LocalRecords: Sendable {
  var clock: HybridClock
  /// The records to be sent with the next flush.
  var outgoing = OutgoingRecords()
  /// The packets that have caused no record yet, because this node sent one of the same session a short time before.
  var deferredPackets = DeferredPackets()
  /// The sessions of C proxies that no node has sent as records yet.
  var legacySessions = PendingLegacySessions()
  /// The pass that sends records again because the module's timeouts have become shorter.
  var readvertisement = Readvertisement()

  init(clock: HybridClock) { self.clock = clock }

  /// The version of a new record.
  /// - `age`: for how many milliseconds the session has been as it is.
  /// - `pause`: when a pause began in which the process did not run; `nil` if there was none. A session that was
  ///   announced meanwhile gets a version from that time, because a peer may have sent a newer record since then.
  mutating func version(age: UInt32, pausedSince pause: Instant?, now: Instant) -> Version {
    guard age == 0 else { return clock.version(age: Milliseconds(age), now: now) }
    return clock.next(now: pause ?? now)
  }

  /// Notes a record of a peer.
  mutating func received(_ record: SyncRecord) {
    clock.note(record.version)
    legacySessions.remove(sentAs: record)
  }

  /// Drops the C proxies' sessions, because the node slept.
  ///
  /// They may be outdated now, and the other nodes have received them, too.
  mutating func slept() { legacySessions = PendingLegacySessions() }
}
