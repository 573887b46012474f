import JoolCore
import TestSupport
import Testing

@testable import JoolSession

/// The comparison of the module's table with the node's.
@Suite struct AuditTests {
  private let start = Instant.now
  private let established = SessionEntry.sample(proto: .tcp, expiration: 9_000_000)

  /// The state in the table after an audit 2.4 seconds after the start.
  /// - `left`: the time left, in milliseconds, of a session that the module has in another state.
  /// - `isAnnounced`: whether the module announced it since the start.
  private func state(afterFinding left: UInt32, isAnnounced: Bool = false, reason: UInt8) -> TCPState? {
    var node = SyncNode.sample(0, isFirst: false, now: start)
    let found = SessionEntry.sample(proto: .tcp, state: .v6Init, timer: .transitory, expiration: left)
    if isAnnounced { node.learn(found, now: start + .milliseconds(500)) }
    let version = Version(milliseconds: SyncNode.sampleTime + 2000, tag: 1)
    let now = start + .milliseconds(2400)
    node.merge(SyncRecord(session: established, version: version), origin: 1, now: start + .seconds(2))
    node.readiness.fetched()
    node.beginAudit()
    node.reconcile(found, origin: reason, now: now)
    node.finishAudit(completing: true, now: now)
    return node.table.session(like: established, now: now)?.entry.state
  }

  /// The module received the session with slack, a quarter of its timeout ago.
  ///
  /// It would have announced a packet.
  @Test func doesNotTakeSlackForAPacketAtStart() {
    #expect(state(afterFinding: 239_700, reason: SyncNode.legacyOrigin) == .established)
  }

  /// The rest of the slack looks like a packet, and clocks of different speeds increase it a little.
  @Test(arguments: [0, SyncNode.legacyOrigin], [true, false]) func anAuditAddsNoSlack(reason: UInt8, isKnown: Bool) {
    var node = SyncNode.sample(0, isFirst: true, now: start)
    let found = SessionEntry.sample(proto: .tcp, expiration: 7_197_000)
    if isKnown {
      var known = found
      known.expiration = Milliseconds(7_196_500)
      node.merge(
        SyncRecord(session: known, version: Version(milliseconds: SyncNode.sampleTime, tag: 1)), origin: 1, now: start)
    }
    node.beginAudit()
    node.reconcile(found, origin: reason, now: start)
    node.finishAudit(completing: true, now: start)
    let left = node.table.session(like: found, now: start)?.entry.expiration.rawValue
    #expect(left == 7_197_000)
  }

  @Test func prefersASessionAnnouncedSinceTheStart() {
    #expect(state(afterFinding: 239_700, isAnnounced: true, reason: SyncNode.legacyOrigin) == .v6Init)
  }

  /// A node may be without a table for long after an announcement.
  @Test func prefersALaterPacketToAnEarlyAnnouncement() {
    #expect(state(afterFinding: 230_000, isAnnounced: true, reason: SyncNode.legacyOrigin) == .established)
  }

  @Test func prefersAnUnannouncedSessionAfterALoss() {
    #expect(state(afterFinding: 239_700, reason: 0) == .v6Init)
  }

  /// The module has given the client another mask, before the client that has it in the table had its last packet.
  @Test func aMaskStaysWithTheClientThatHadALaterPacket() {
    var node = SyncNode.sample(0, isFirst: true, now: start)
    let (known, other) = (SessionEntry.sample(0, expiration: 340_000), SessionEntry.sample(1, expiration: 374_000))
    for session in [known, other] {
      let version = Version(milliseconds: SyncNode.sampleTime, tag: 1)
      node.merge(SyncRecord(session: session, version: version), origin: 1, now: start)
    }
    var found = known
    (found.source4, found.expiration) = (other.source4, Milliseconds(290_000))
    node.beginAudit()
    node.reconcile(found, now: start)
    node.finishAudit(completing: true, now: start)
    for session in [known, other] {
      #expect(node.table.session(like: session, now: start)?.entry.source4 == session.source4)
    }
  }

  /// The module ignores the mask of a record if the client has a static entry.
  @Test func ignoresTheMaskOfAStaticEntry() {
    var node = SyncNode.sample(0, isFirst: true, now: start)
    let known = SessionEntry.sample(0, expiration: 375_000)
    node.merge(
      SyncRecord(session: known, version: Version(milliseconds: SyncNode.sampleTime, tag: 1)), origin: 1, now: start)
    var found = known
    found.source4 = SessionEntry.sample(1).source4
    found.expiration = Milliseconds(376_000)
    var statics = StaticEntries()
    var entry = found.bibEntry
    entry.isStatic = true
    statics.note([entry])
    node.feed.use(statics)
    node.beginAudit()
    node.reconcile(found, now: start)
    node.finishAudit(completing: true, now: start)
    #expect(node.table.session(like: known, now: start)?.entry.source4 == known.source4)
  }
}
