import JoolCore
import TestSupport
import Testing

@testable import JoolSession

@Suite struct PeerSetTests {
  let us = Incarnation(100)
  let a = Incarnation(1)
  let b = Incarnation(2)
  let gone = Incarnation(50)

  /// Somebody who hears peers by their hellos.
  struct Listener {
    var peers: PeerSet
    var now: Instant
    private var numbers: [Incarnation: UInt32] = [:]

    init(_ own: Incarnation, now: Instant = .now) {
      peers = PeerSet(own: own, pool6: .wellKnown)
      self.now = now
    }

    /// - Parameter echo: whether the hello mentions the listener.
    @discardableResult
    mutating func hear(
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

  // MARK: Who is a peer

  @Test func whoDoesNotMentionUsIsNoPeer() {
    var listener = Listener(us)
    let outcome = listener.hear(a, echo: false)
    #expect(outcome == .unvalidated(answer: true))
    #expect(listener.peers.all.isEmpty)
    let again = listener.hear(a, echo: false)
    #expect(again == .unvalidated(answer: false), "one early hello a second")
    let echo = listener.entry(of: a)
    #expect(echo?.flags == [.heard, .hasTable])
    #expect(echo?.progress == Progress())
    let validated = listener.hear(a)
    #expect(validated == .peer(isFirstContact: true))
    #expect(listener.peers.unvalidated.count == 0)
  }

  /// A.13: 64 made-up numbers keep nobody out.
  @Test func madeUpNumbersKeepNobodyOut() {
    var listener = Listener(us)
    for number in 0..<1000 { listener.hear(Incarnation(5000 + UInt64(number)), echo: false) }
    #expect(listener.peers.unvalidated.count == UnvalidatedSenders.capacity)
    let outcome = listener.hear(a)
    #expect(outcome == .peer(isFirstContact: true))
    for number in 0..<1000 { listener.hear(Incarnation(9000 + UInt64(number)), echo: false) }
    #expect(listener.peers[a] != nil)
    let entry = listener.entry(of: a)
    #expect(entry != nil)
  }

  @Test func aPeerIsDisplacedOnlyAfterSilence() {
    var listener = Listener(us)
    for number in 1...UInt64(PeerSet.capacity) { listener.hear(Incarnation(number)) }
    let refused = listener.hear(Incarnation(1000))
    #expect(refused == .noRoom)
    listener.now += SyncPeer.timeout
    let admitted = listener.hear(Incarnation(1000))
    #expect(admitted == .peer(isFirstContact: true))
    #expect(listener.peers.all.count == PeerSet.capacity)
    #expect(Set(listener.peers.all.map(\.index)).count == PeerSet.capacity)
  }

  @Test func lateHellosAreDropped() {
    var listener = Listener(us)
    listener.hear(a)
    let header = SyncFrame.Header(kind: .hello, sender: a, number: 0, sequence: 9, target: .nobody)
    var hello = SyncFrame.Hello.sample(.mending)
    hello.entries = [.sample(us, next: 1)]
    let outcome = listener.peers.receive(hello: hello, header: header, from: nil, now: listener.now, jitter: .zero)
    #expect(outcome == .outdated)
    #expect(listener.peers[a]?.state == .ready)
    // A made-up number mutes nobody.
    listener.now += SyncPeer.numberTimeout
    let later = listener.peers.receive(hello: hello, header: header, from: nil, now: listener.now, jitter: .zero)
    #expect(later == .peer(isFirstContact: false))
  }

  /// A.14
  @Test func anotherPool6IsNoPeerForSessions() {
    var listener = Listener(us)
    let outcome = listener.hear(a, last: 9, entries: [.sample(gone, next: 7, silence: 10)], pool6: .other)
    #expect(outcome == .otherPool6(isNew: true))
    #expect(listener.losses() == [])
    #expect(listener.peers.heard(now: listener.now).isEmpty)
    #expect(!listener.peers.hasSignOfTable(now: listener.now), "it does not keep us from being first")
    let entry = listener.entry(of: a)
    #expect(entry?.flags.contains(.hasOtherPool6) == true)
    listener.hear(b, .starting, entries: [.sample(a, next: 0, flags: [.heard, .hasTable, .hasOtherPool6])])
    #expect(!listener.peers.hasSignOfTable(now: listener.now))
  }

  // MARK: The first

  /// A.2
  @Test func hearsOfTablesOfThoseWhoDoNotHearUs() {
    var listener = Listener(us)
    listener.hear(a, .starting)
    #expect(!listener.peers.hasSignOfTable(now: listener.now))
    #expect(listener.peers.hasLowerStartingNode(now: listener.now))
    listener.hear(b, .mending, echo: false)
    #expect(listener.peers.hasSignOfTable(now: listener.now))
  }

  @Test func hearsOfTablesThatOnlyOthersHear() {
    var listener = Listener(us)
    listener.hear(a, .starting, entries: [.sample(b, next: 1, flags: [.heard, .hasTable])])
    #expect(listener.peers.hasSignOfTable(now: listener.now))
    listener.now += .seconds(4)
    listener.hear(a, .starting, entries: [.sample(b, next: 1, silence: 5, flags: [.hasTable])])
    #expect(!listener.peers.hasSignOfTable(now: listener.now), "it is gone")
  }

  // MARK: What is lacking

  /// A.5
  @Test func firstContactIsALoss() {
    var listener = Listener(us)
    listener.hear(a, .ready)
    #expect(listener.losses() == [a], "although it has said nothing yet")
    listener.peers.cover(listener.peers.mark(of: a, now: listener.now) ?? VersionVector())
    #expect(listener.losses() == [])
  }

  @Test func whoStartsBeforeOurEyesHasNothingThatWeLack() {
    var listener = Listener(us)
    listener.hear(a, .starting, echo: false)
    listener.hear(a, .ready)
    #expect(listener.losses() == [])
    listener.hear(a, .ready, last: 3)
    #expect(listener.losses() == [], "they are asked for")
    #expect(listener.peers[a]?.stream.deadline != nil)
  }

  /// A.5d
  @Test func aHoleBeforeFirstContactIsALoss() {
    var listener = Listener(us)
    listener.hear(a, .ready, last: 7)
    _ = listener.peers.receive(update: 8, of: a, now: listener.now, jitter: .zero)
    #expect(listener.losses() == [a])
    let entry = listener.entry(of: a)
    #expect(entry?.next == 0, "and nobody is advertised that it is there")
  }

  /// A.7
  @Test func whatOthersHaveOfSomebodyWhoIsNotHeardIsALoss() {
    var listener = Listener(us)
    listener.hear(a, .starting, echo: false)
    listener.hear(a, .ready, entries: [.sample(gone, next: 5, flags: [.heard, .hasTable])])
    #expect(listener.losses() == [gone])
    listener.peers.cover(listener.peers.mark(of: a, now: listener.now) ?? VersionVector())
    #expect(listener.losses() == [])
    // An update behind a hole, which no cumulative number tells.
    listener.hear(a, .ready, entries: [.sample(gone, next: 5, beyond: 2, flags: [.heard, .hasTable])])
    #expect(listener.losses() == [gone])
  }

  @Test func whatOnlyTheDeadHadIsNobodys() {
    var listener = Listener(us)
    listener.hear(a, .starting, echo: false)
    listener.hear(a, .ready, entries: [.sample(gone, next: 5, silence: 10)])
    #expect(listener.losses() == [gone])
    listener.now += SyncPeer.timeout
    #expect(listener.losses() == [])
  }

  @Test func whoHasNoTableIsNotBelievedAboutOthers() {
    var listener = Listener(us)
    listener.hear(a, .starting, entries: [.sample(gone, next: 5, silence: 10)])
    #expect(listener.losses() == [])
  }

  @Test func entriesThatDidNotFitOneHelloAreKept() {
    var listener = Listener(us)
    listener.hear(a, .starting, echo: false)
    listener.hear(a, .ready, entries: [.sample(gone, next: 5, silence: 10)])
    let others: [SyncFrame.HelloEntry] = (0..<50).map { .sample(Incarnation(1000 + $0), next: 1, silence: 10) }
    listener.hear(a, .ready, entries: others)
    #expect(listener.losses() == [gone])
    listener.hear(a, .ready)
    #expect(listener.losses() == [], "there would have been room for it")
  }

  /// A.13
  @Test func aMadSequenceCostsOneSecond() {
    var listener = Listener(us)
    listener.hear(a, .starting, echo: false)
    listener.hear(a, .ready, last: 1 << 60)
    #expect(listener.losses() == [a])
    listener.now += .seconds(1)
    listener.hear(a, .ready, last: 0)
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
