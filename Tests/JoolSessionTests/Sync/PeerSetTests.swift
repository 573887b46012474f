import JoolCore
import TestSupport
import Testing

@testable import JoolSession

@Suite struct PeerSetTests {
  let us = Incarnation(100)
  let a = Incarnation(1)
  let b = Incarnation(2)
  let gone = Incarnation(50)

  /// A node that receives hellos of peers.
  struct Listener {
    var peers: PeerSet
    var now: Instant
    private var numbers: [Incarnation: UInt32] = [:]

    init(_ own: Incarnation, now: Instant = .now) {
      peers = PeerSet(own: own, pool6: .wellKnown)
      self.now = now
    }

    /// Gives the listener a hello.
    /// - `echo`: whether the hello mentions the listener.
    @discardableResult
    mutating func receive(
      _ sender: Incarnation, _ state: NodeState = .ready, last: UInt64 = 0, echo: Bool = true,
      entries: [SyncFrame.HelloEntry] = [], pool6: IPv6Prefix = .wellKnown
    ) -> PeerSet.HelloOutcome {
      numbers[sender, default: 0] += 1
      let header = SyncFrame.Header(
        kind: .hello, sender: sender, number: numbers[sender] ?? 0, sequence: last, target: .nobody)
      var hello = SyncFrame.Hello.sample(state)
      hello.pool6 = pool6
      hello.entries = (echo ? [.sample(peers.own, next: 1)] : []) + entries
      _ = peers.notes(header, from: nil, now: now)
      return peers.receive(hello: hello, header: header, from: nil, now: now, jitter: .zero)
    }

    func losses() -> [Incarnation] { peers.losses(now: now) }

    mutating func entries() -> [SyncFrame.HelloEntry] { peers.entries(room: 54, promise: { _ in 0 }, now: now) }

    mutating func entry(of incarnation: Incarnation) -> SyncFrame.HelloEntry? {
      entries().first { $0.incarnation == incarnation }
    }
  }

  // MARK: Admission

  @Test func doesNotAdmitASenderThatDoesNotMentionThisNode() {
    var listener = Listener(us)
    let outcome = listener.receive(a, echo: false)
    #expect(outcome == .unvalidated(answer: true))
    #expect(listener.peers.all.isEmpty)
    let again = listener.receive(a, echo: false)
    #expect(again == .unvalidated(answer: false), "one early hello per second")
    let echo = listener.entry(of: a)
    #expect(echo?.flags == [.heard, .hasTable])
    #expect(echo?.progress == Progress())
    let validated = listener.receive(a)
    #expect(validated == .peer(isFirstContact: true))
    #expect(listener.peers.unvalidated.count == 0)
  }

  /// A.13: forged incarnations do not keep peers out.
  @Test func forgedIncarnationsDoNotKeepPeersOut() {
    var listener = Listener(us)
    for number in 0..<1000 { listener.receive(Incarnation(5000 + UInt64(number)), echo: false) }
    #expect(listener.peers.unvalidated.count == UnvalidatedSenders.capacity)
    let outcome = listener.receive(a)
    #expect(outcome == .peer(isFirstContact: true))
    for number in 0..<1000 { listener.receive(Incarnation(9000 + UInt64(number)), echo: false) }
    #expect(listener.peers[a] != nil)
    let entry = listener.entry(of: a)
    #expect(entry != nil)
  }

  @Test func replacesAPeerOnlyAfterItsTimeout() {
    var listener = Listener(us)
    for number in 1...UInt64(PeerSet.capacity) { listener.receive(Incarnation(number)) }
    let refused = listener.receive(Incarnation(1000))
    #expect(refused == .noRoom)
    listener.now += SyncPeer.timeout
    let admitted = listener.receive(Incarnation(1000))
    #expect(admitted == .peer(isFirstContact: true))
    #expect(listener.peers.all.count == PeerSet.capacity)
    #expect(Set(listener.peers.all.map(\.index)).count == PeerSet.capacity)
  }

  @Test func dropsLateHellos() {
    var listener = Listener(us)
    listener.receive(a)
    let header = SyncFrame.Header(kind: .hello, sender: a, number: 0, sequence: 9, target: .nobody)
    var hello = SyncFrame.Hello.sample(.mending)
    hello.entries = [.sample(us, next: 1)]
    let outcome = listener.peers.receive(hello: hello, header: header, from: nil, now: listener.now, jitter: .zero)
    #expect(outcome == .outdated)
    #expect(listener.peers[a]?.state == .ready)
    // A forged hello number blocks a peer only for a while.
    listener.now += SyncPeer.numberTimeout
    let later = listener.peers.receive(hello: hello, header: header, from: nil, now: listener.now, jitter: .zero)
    #expect(later == .peer(isFirstContact: false))
  }

  /// A.14.
  @Test func excludesNodesWithAnotherPool6() {
    var listener = Listener(us)
    let outcome = listener.receive(a, last: 9, entries: [.sample(gone, next: 7, silence: 10)], pool6: .other)
    #expect(outcome == .otherPool6(isNew: true))
    #expect(listener.losses() == [])
    #expect(listener.peers.heard(now: listener.now).isEmpty)
    #expect(!listener.peers.hasSignOfTable(now: listener.now), "it does not keep this node from being the first")
    let entry = listener.entry(of: a)
    #expect(entry?.flags.contains(.hasOtherPool6) == true)
    listener.receive(b, .starting, entries: [.sample(a, next: 0, flags: [.heard, .hasTable, .hasOtherPool6])])
    #expect(!listener.peers.hasSignOfTable(now: listener.now))
  }

  // MARK: The first node

  /// A.2.
  @Test func noticesTablesOfNodesThatDoNotReceiveThisOne() {
    var listener = Listener(us)
    listener.receive(a, .starting)
    #expect(!listener.peers.hasSignOfTable(now: listener.now))
    #expect(listener.peers.hasLowerStartingNode(now: listener.now))
    listener.receive(b, .mending, echo: false)
    #expect(listener.peers.hasSignOfTable(now: listener.now))
  }

  @Test func noticesTablesThatOnlyOthersReceive() {
    var listener = Listener(us)
    listener.receive(a, .starting, entries: [.sample(b, next: 1, flags: [.heard, .hasTable])])
    #expect(listener.peers.hasSignOfTable(now: listener.now))
    listener.now += .seconds(4)
    listener.receive(a, .starting, entries: [.sample(b, next: 1, silence: 5, flags: [.hasTable])])
    #expect(!listener.peers.hasSignOfTable(now: listener.now), "it has timed out")
  }

  // MARK: Losses

  /// A.5.
  @Test func countsAFirstContactAsALoss() {
    var listener = Listener(us)
    listener.receive(a, .ready)
    #expect(listener.losses() == [a], "although it has sent no update yet")
    listener.peers.cover(listener.peers.mark(of: a, now: listener.now) ?? VersionVector())
    #expect(listener.losses() == [])
  }

  @Test func aNodeSeenStartingHasNoLosses() {
    var listener = Listener(us)
    listener.receive(a, .starting, echo: false)
    listener.receive(a, .ready)
    #expect(listener.losses() == [])
    listener.receive(a, .ready, last: 3)
    #expect(listener.losses() == [], "NAKs request them")
    #expect(listener.peers[a]?.stream.deadline != nil)
  }

  /// A.5d.
  @Test func countsAGapBeforeTheFirstContactAsALoss() {
    var listener = Listener(us)
    listener.receive(a, .ready, last: 7)
    _ = listener.peers.receive(update: 8, of: a, now: listener.now, jitter: .zero)
    #expect(listener.losses() == [a])
    let entry = listener.entry(of: a)
    #expect(entry?.next == 0, "the node does not advertise these updates")
  }

  /// A.7.
  @Test func countsUpdatesOfAnUnreachableNodeAsALoss() {
    var listener = Listener(us)
    listener.receive(a, .starting, echo: false)
    listener.receive(a, .ready, entries: [.sample(gone, next: 5, flags: [.heard, .hasTable])])
    #expect(listener.losses() == [gone])
    listener.peers.cover(listener.peers.mark(of: a, now: listener.now) ?? VersionVector())
    #expect(listener.losses() == [])
    // An update beyond a gap, which no cumulative number shows.
    listener.receive(a, .ready, entries: [.sample(gone, next: 5, beyond: 2, flags: [.heard, .hasTable])])
    #expect(listener.losses() == [gone])
  }

  @Test func ignoresUpdatesThatOnlyFailedNodesHad() {
    var listener = Listener(us)
    listener.receive(a, .starting, echo: false)
    listener.receive(a, .ready, entries: [.sample(gone, next: 5, silence: 10)])
    #expect(listener.losses() == [gone])
    listener.now += SyncPeer.timeout
    #expect(listener.losses() == [])
  }

  @Test func ignoresEntriesOfNodesWithoutATable() {
    var listener = Listener(us)
    listener.receive(a, .starting, entries: [.sample(gone, next: 5, silence: 10)])
    #expect(listener.losses() == [])
  }

  @Test func keepsEntriesThatDidNotFitTheNextHello() {
    var listener = Listener(us)
    listener.receive(a, .starting, echo: false)
    listener.receive(a, .ready, entries: [.sample(gone, next: 5, silence: 10)])
    let others: [SyncFrame.HelloEntry] = (0..<50).map { .sample(Incarnation(1000 + $0), next: 1, silence: 10) }
    listener.receive(a, .ready, entries: others)
    #expect(listener.losses() == [gone])
    listener.receive(a, .ready)
    #expect(listener.losses() == [], "this hello had room for the entry")
  }

  /// A.13.
  @Test func anAbsurdSequenceNumberHasEffectForOneSecond() {
    var listener = Listener(us)
    listener.receive(a, .starting, echo: false)
    listener.receive(a, .ready, last: 1 << 60)
    #expect(listener.losses() == [a])
    listener.now += .seconds(1)
    listener.receive(a, .ready, last: 0)
    #expect(listener.losses() == [])
  }
}

extension SyncFrame.Hello {
  static func sample(_ state: NodeState) -> SyncFrame.Hello {
    SyncFrame.Hello(
      state: state, tag: 5, clock: Version(milliseconds: 1000, tag: 5), sessions: 0, rootDigest: 0, pool6: .wellKnown,
      limits: SessionLimits())
  }
}

extension SyncFrame.HelloEntry {
  static func sample(
    _ incarnation: Incarnation, next: UInt64, beyond: UInt32 = 0, silence: UInt16 = 0, flags: Flags? = nil
  ) -> SyncFrame.HelloEntry {
    SyncFrame.HelloEntry(
      incarnation: incarnation, next: next, beyond: beyond, silence: silence,
      flags: flags ?? (silence < 5 ? .heard : []))
  }
}

extension IPv6Prefix {
  static let other = IPv6Prefix(address: IPv6Address(bits: 0x2001_0db8 << 96), length: 96) ?? .wellKnown
}
