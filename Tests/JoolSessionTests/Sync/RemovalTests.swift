import JoolCore
import TestSupport
import Testing

@testable import JoolSession

/// Removals in nodes and groups.
@Suite struct RemovalTests {
  private let start = Instant.now
  private let session = SessionEntry.sample(0, expiration: 300_000)

  private func session(left: UInt32, mask: Int = 0) -> SessionEntry {
    var session = session
    session.expiration = Milliseconds(left)
    session.source4 = SessionEntry.sample(mask).source4
    return session
  }

  /// A node without peers whose client was removed some seconds ago.
  private func node(removed seconds: Int, table: Bool = true) -> SyncNode {
    var node = SyncNode.sample(0, now: start)
    node.feed.open()
    node.learn(session, now: start)
    node.remove([session.bibEntry], now: start)
    node.table.expire(now: start + .seconds(seconds))
    return node
  }

  // MARK: Groups

  @Test func endsOnAllNodesAndInTheirModules() {
    var group = NodeGroup(count: 3)
    group.nodes[0].learn(session, now: group.now)
    group.pass(.seconds(1))
    #expect(group.record(session, at: 2) != nil)
    group.nodes[1].remove([session.bibEntry], now: group.now)
    group.pass(.seconds(1))
    for index in 0..<3 {
      #expect(group.record(session, at: index) == nil)
      #expect(group.evictions[index] == [session.bibEntry])
      #expect(group.nodes[index].table.removalCount == 1)
    }
    #expect(group.isEqual)
    #expect(group.nodes[2].counters.removals == 1)
  }

  @Test func isNotSentToCProxies() {
    var group = NodeGroup(count: 2)
    group.nodes[0].learn(session, now: group.now)
    group.pass(.seconds(1))
    let before = group.announcements
    group.nodes[0].remove([session.bibEntry], now: group.now)
    group.pass(.seconds(1))
    #expect(group.announcements == before)
  }

  /// A node that receives nothing while a mapping is removed gets the removal afterwards.
  @Test func reachesANodeThatWasAway() {
    var group = NodeGroup(count: 3)
    group.nodes[0].learn(session, now: group.now)
    group.pass(.seconds(1))
    group.unreachable = [2]
    group.nodes[0].remove([session.bibEntry], now: group.now)
    group.pass(.seconds(20))
    #expect(group.record(session, at: 2) != nil)
    group.unreachable = []
    group.pass(.seconds(20))
    for index in 0..<3 { #expect(group.record(session, at: index) == nil) }
    #expect(group.evictions[2] == [session.bibEntry])
    #expect(group.isEqual)
  }

  @Test func aNewPacketBeginsTheSessionAnew() {
    var group = NodeGroup(count: 2)
    group.nodes[0].learn(session, now: group.now)
    group.pass(.seconds(1))
    group.nodes[0].remove([session.bibEntry], now: group.now)
    group.pass(.seconds(1))
    group.nodes[0].learn(session, now: group.now)
    group.pass(.seconds(1))
    #expect(group.record(session, at: 1) != nil)
    #expect(group.isEqual)
    #expect(group.nodes[1].table.removalCount == 1)
    // The module may have had the packet before it removed the mapping.
    #expect(group.modules[0].contains { $0.source6 == session.source6 })
  }

  // MARK: The module

  @Test func ignoresAnnouncementsOfPacketsBeforeTheRemoval() {
    var node = node(removed: 3)
    let now = start + .seconds(3)
    node.learn(session(left: 296_900), now: now)
    #expect(node.table.isEmpty)
    #expect(node.counters.outdated == 1)
    node.learn(session(left: 297_100), now: now)
    #expect(node.table.count == 1)
  }

  /// What an audit finds is evicted unless its last packet was certainly after the removal.
  @Test(arguments: [
    (left: UInt32(190_000), isEnded: true), (left: 200_100, isEnded: true), (left: 270_000, isEnded: true),
    (left: 276_000, isEnded: false), (left: 300_000, isEnded: false),
    // With slack, the time of the last packet is certain: 375 s were given.
    (left: 301_000, isEnded: false),
  ])
  func anAuditDecidesByTime(left: UInt32, isEnded: Bool) {
    var node = node(removed: 100)
    let now = start + .seconds(100)
    while let request = node.nextStoreRequest(100, now: now) { node.finished(request, .done, now: now) }
    node.beginAudit()
    node.reconcile(session(left: left), now: now)
    node.finishAudit(completing: true, now: now)
    #expect(node.table.isEmpty == isEnded)
    let request = node.nextStoreRequest(100, now: now)
    #expect((request == .evict(session.bibEntry)) == isEnded)
    let datagrams = node.takeOutput(now: now).datagrams
    let updates = datagrams.filter { $0[3] == 2 }
    // Two are those of the session that was removed, and of its removal.
    #expect(updates.count == (isEnded ? 2 : 3))
  }

  /// A connection that has expired becomes TRANS in a module, without a packet.
  @Test func anAuditEndsWhatMayBeAProbe() {
    var node = SyncNode.sample(0, now: start)
    node.feed.open()
    let found = SessionEntry.sample(0, proto: .tcp, state: .trans, timer: .transitory, expiration: 240_000)
    node.remove([found.bibEntry], now: start)
    let now = start + .seconds(1000)
    node.beginAudit()
    node.reconcile(found, now: now)
    #expect(node.table.isEmpty)
  }

  /// The clock of the node that made the removal may be ahead by an hour.
  @Test func anAuditTakesANewerSessionWhateverTheClocks() {
    var node = SyncNode.sample(0, now: start)
    node.feed.open()
    let version = Version(milliseconds: SyncNode.sampleTime + 3_600_000, tag: 9)
    let removal = Removal(
      entry: session.bibEntry, version: version, memory: Milliseconds(375_000), left: Milliseconds(275_000))
    node.merge(SyncRecord(removal), origin: 1, now: start)
    node.beginAudit()
    node.reconcile(session(left: 290_000), now: start)
    #expect(node.table.session(like: session, now: start).map { $0.version > version } == true)
  }

  @Test func keepsStaticEntries() {
    var node = SyncNode.sample(0, now: start)
    node.feed.open()
    var statics = StaticEntries()
    var entry = session.bibEntry
    entry.isStatic = true
    statics.note([entry])
    node.feed.use(statics)
    let removal = Removal(
      entry: session.bibEntry, version: Version(rawValue: 1 << 50), memory: Milliseconds(375_000),
      left: Milliseconds(375_000))
    node.merge(SyncRecord(removal), origin: 1, now: start)
    #expect(node.nextStoreRequest(100, now: start + .seconds(1)) == nil)
    #expect(!node.feed.meetsStatics)
  }

  // MARK: C proxies

  @Test func aCProxysPacketDecidesByItsTime() {
    var node = node(removed: 10)
    let now = start + .seconds(10)
    node.receiveLegacy(session(left: 289_000), now: now)
    #expect(node.records.legacySessions.deadline == nil)
    node.receiveLegacy(session(left: 299_000), now: now)
    #expect(node.table.isEmpty)
    node.sendLegacySessions(now: now + .seconds(1))
    #expect(node.table.session(like: session, now: now).map { $0.version > .unassigned } == true)
  }

  // MARK: The wire

  @Test func hasTheDocumentedLayout() throws {
    let source6 = try #require(TransportAddress<IPv6Address>("2001:db8::8#40001"))
    let source4 = try #require(TransportAddress<IPv4Address>("192.0.2.1#61001"))
    let removal = Removal(
      entry: BIBEntry(proto: .tcp, source6: source6, source4: source4, isStatic: false),
      version: Version(rawValue: 0x1a22_49a1_0000_02a7), memory: Milliseconds(9_000_000), left: Milliseconds(8_998_000))
    let frame = SyncFrame(
      sender: Incarnation(0x6f1c_55f0_a7e2_b310), number: 7, sequence: 2, body: .update([SyncRecord(removal)]))
    let expected = bytes(
      hex: """
        00000302 6f1c55f0 a7e2b310 00000007 00000000 00000002 00000000 00000000
        20010db8 00000000 00000000 00000008 c0000201 00895440 00894c70 9c41ee49
        00000003 1a2249a1 000002a7
        """)
    #expect(frame.encoded() == expected)
    let decoded = try SyncFrame(decoding: expected.span.bytes, pool6: .wellKnown)
    #expect(decoded == frame)
    guard case .update(let records) = decoded.body else { return }
    #expect(records.first?.removal == removal)
  }

  /// The digest of the removal of `hasTheDocumentedLayout`, in the specification.
  @Test func hasTheDocumentedDigest() throws {
    var table = try #require(SessionTable(pool6: .wellKnown, now: start))
    let source6 = try #require(TransportAddress<IPv6Address>("2001:db8::8#40001"))
    let source4 = try #require(TransportAddress<IPv4Address>("192.0.2.1#61001"))
    _ = table.remember(
      Removal(
        entry: BIBEntry(proto: .tcp, source6: source6, source4: source4, isStatic: false),
        version: Version(rawValue: 0x1a22_49a1_0000_02a7), memory: Milliseconds(9_000_000),
        left: Milliseconds(9_000_000)), now: start)
    #expect(table.rootDigest == 0xe710_f2f2_4458_e5cc)
  }

  /// A state, a port, no memory, more time left than that, and an impossible client.
  @Test(arguments: [(33, UInt8(1)), (35, 7), (20, 0), (24, 255), (0, 255)])
  func refusesImpossibleRemovals(offset: Int, value: UInt8) throws {
    let removal = RemovalsTests.removal(version: 20)
    let frame = SyncFrame(sender: Incarnation(1), number: 1, sequence: 1, body: .update([SyncRecord(removal)]))
    var datagram = frame.encoded()
    datagram[32 + offset] = value
    if offset == 20 { for index in 21..<24 { datagram[32 + index] = 0 } }
    let bytes = datagram
    #expect(throws: WireFormatError.self) { try SyncFrame(decoding: bytes.span.bytes, pool6: .wellKnown) }
  }

  // MARK: The proxy

  @Test func aProxyWithoutATableRefuses() {
    var proxy = SessionProxy(instance: .default, seed: 1)
    #expect(throws: RemovalRefusal.hasNoTable) { try proxy.remove([session.bibEntry], now: start) }
    proxy.attached(Group.kernel, now: start)
    #expect(throws: RemovalRefusal.hasNoTable) { try proxy.remove([session.bibEntry], now: start) }
  }

  @Test func aProxyTellsWhatBecomesOfAnOrder() throws {
    var group = Group()
    group.announce([session], at: 0)
    group.settle()
    let outcome = try group.proxies[0].remove([session.bibEntry], now: group.now)
    #expect(outcome == RemovalOutcome(removed: 1, peers: 1, module: .removes))
    #expect(RemovalOutcome(text: outcome.text) == outcome)
    #expect(RemovalOutcome(text: "removed 1") == nil)
    group.settle()
    #expect(group.evictions == [session.bibEntry, session.bibEntry])
    #expect(group.proxies[1].table?.isEmpty == true)
  }

  @Test func aMirrorRemovesForTheGroup() throws {
    var group = Group()
    group.announce([session], at: 0)
    try group.startMirror(2, seed: 77)
    group.pass(.seconds(8))
    #expect(group.proxies[2].table?.count == 1)
    let outcome = try group.proxies[2].remove([session.bibEntry], now: group.now)
    #expect(outcome == RemovalOutcome(removed: 1, peers: 2, module: .none))
    group.settle()
    #expect(group.evictions == [session.bibEntry, session.bibEntry])
    #expect(group.proxies.allSatisfy { $0.table?.isEmpty == true })
  }
}
