import JoolCore
import TestSupport
import Testing

@testable import JoolSession

@Suite struct PeerSetTests {
  private let us = Incarnation(100)
  private let a = Incarnation(1)
  private let b = Incarnation(2)
  private let gone = Incarnation(50)

  /// Somebody who hears peers by their hellos.
  struct Listener {
    var peers: PeerSet
    var now: ContinuousClock.Instant
    private var numbers: [Incarnation: UInt32] = [:]

    init(_ own: Incarnation, now: ContinuousClock.Instant = .now) {
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
    listener.now += SyncPeer.patience
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
    listener.now += SyncPeer.numberPatience
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
    #expect(!listener.peers.hearsOfTable(now: listener.now), "it does not keep us from being first")
    let entry = listener.entry(of: a)
    #expect(entry?.flags.contains(.hasOtherPool6) == true)
    listener.hear(b, .starting, entries: [.sample(a, next: 0, flags: [.heard, .hasTable, .hasOtherPool6])])
    #expect(!listener.peers.hearsOfTable(now: listener.now))
  }

  // MARK: The first

  /// A.2
  @Test func hearsOfTablesOfThoseWhoDoNotHearUs() {
    var listener = Listener(us)
    listener.hear(a, .starting)
    #expect(!listener.peers.hearsOfTable(now: listener.now))
    #expect(listener.peers.hearsLowerStart(now: listener.now))
    listener.hear(b, .mending, echo: false)
    #expect(listener.peers.hearsOfTable(now: listener.now))
  }

  @Test func hearsOfTablesThatOnlyOthersHear() {
    var listener = Listener(us)
    listener.hear(a, .starting, entries: [.sample(b, next: 1, flags: [.heard, .hasTable])])
    #expect(listener.peers.hearsOfTable(now: listener.now))
    listener.now += .seconds(4)
    listener.hear(a, .starting, entries: [.sample(b, next: 1, silence: 5, flags: [.hasTable])])
    #expect(!listener.peers.hearsOfTable(now: listener.now), "it is gone")
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
    #expect(entry?.next == 0, "and nobody is told that it is there")
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
    listener.now += SyncPeer.patience
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

  // MARK: Those who are gone (A.1)

  @Test func aToldSilenceIsReckonedFromItsReceipt() {
    var listener = Listener(us)
    listener.hear(a, .ready, entries: [.sample(gone, next: 9, silence: 100)])
    let mark = listener.peers.mark(of: a, now: listener.now)
    listener.now += .seconds(30)  // a long transfer
    listener.hear(a, .ready, entries: [.sample(gone, next: 9, silence: 130)])
    listener.peers.cover(mark ?? VersionVector())
    let entry = listener.entry(of: gone)
    #expect(entry?.next == 9)
    #expect(entry?.silence == 131, "a second more, because silences are told in whole ones")
  }

  @Test func whatOthersTellMakesNoNoteYounger() {
    var listener = Listener(us)
    listener.hear(gone, .starting, echo: false)
    listener.hear(gone, .ready, last: 8)
    for sequence in 1...8 {
      _ = listener.peers.receive(update: UInt64(sequence), of: gone, now: listener.now, jitter: .zero)
    }
    listener.now += .seconds(600)
    listener.hear(a, .ready, entries: [.sample(gone, next: 9, silence: 20)])
    listener.peers.cover(listener.peers.mark(of: a, now: listener.now) ?? VersionVector())
    let entry = listener.entry(of: gone)
    #expect(entry?.silence == 600)
    listener.now += .seconds(2401)
    listener.hear(a, .ready, entries: [.sample(gone, next: 12, silence: 20)])
    let old = listener.entry(of: gone)
    #expect(old == nil, "neither mentioned")
    #expect(listener.losses() == [], "nor lacked")
  }

  @Test func returnsAfterLongAreFirstContacts() {
    var listener = Listener(us)
    listener.hear(a, .starting, echo: false)
    listener.hear(a, .ready)
    listener.now += PeerMemory().acquaintance - .seconds(1)
    let early = listener.hear(a, .ready)
    #expect(early == .peer(isFirstContact: false))
    listener.now += PeerMemory().acquaintance
    listener.hear(a, .ready, echo: false)
    let late = listener.hear(a, .ready)
    #expect(late == .peer(isFirstContact: true))
    #expect(listener.losses() == [a])
  }

  @Test func startsThatSaidNothingLeaveNothing() {
    var listener = Listener(us)
    for number in 1...UInt64(500) {
      listener.hear(Incarnation(1000 + number), .starting)
      listener.now += .seconds(6)
    }
    #expect(listener.peers.retired.count == 0)
    let entries = listener.entries()
    #expect(entries.isEmpty)
  }

  /// A crash loop: the oldest are forgotten first.
  @Test func keeps256OfThoseWhoAreGone() {
    var listener = Listener(us)
    for number in 1...UInt64(400) {
      listener.hear(Incarnation(1000 + number), .starting, last: 1)
      _ = listener.peers.receive(update: 1, of: Incarnation(1000 + number), now: listener.now, jitter: .zero)
      listener.now += .seconds(6)
    }
    #expect(listener.peers.retired.count == RetiredPeers.capacity)
    var seen: Set<Incarnation> = []
    for _ in 0..<6 { seen.formUnion(listener.entries().map(\.incarnation)) }
    #expect(seen.count == RetiredPeers.capacity + PeerSet.capacity, "round robin over six hellos")
    #expect(!seen.contains(Incarnation(1001)))
  }

  /// Two nodes tell each other of a third one that has died, for hours.
  @Test func nobodyFetchesAForgottenIncarnation() {
    let start = ContinuousClock.now
    var nodes = [Listener(a, now: start), Listener(b, now: start)]
    for index in 0...1 {
      nodes[index].hear([b, a][index], .starting, echo: false)
      nodes[index].hear(gone, .starting)
      nodes[index].hear(gone, .ready, last: 1)
      _ = nodes[index].peers.receive(update: 1, of: gone, now: start, jitter: .zero)
    }
    // What one lacks at first is fetched once.
    nodes[0].hear(gone, .ready, last: 2)
    _ = nodes[0].peers.receive(update: 2, of: gone, now: start, jitter: .zero)
    var pulls = [0, 0]
    var marks: [(mark: VersionVector, due: ContinuousClock.Instant)?] = [nil, nil]
    for _ in 0..<(3 * 3600) {
      for index in 0...1 {
        nodes[index].now += .seconds(1)
        let other = 1 - index
        var entries = nodes[other].entries()
        entries.removeAll { $0.incarnation == [a, b][index] }
        nodes[index].hear([a, b][other], .ready, entries: entries)
        if let (mark, due) = marks[index], due <= nodes[index].now {
          nodes[index].peers.cover(mark)
          marks[index] = nil
        }
        nodes[index].peers.forget(now: nodes[index].now)
        guard marks[index] == nil, !nodes[index].losses().isEmpty else { continue }
        pulls[index] += 1
        let mark = nodes[index].peers.mark(of: [a, b][other], now: nodes[index].now)
        marks[index] = (mark ?? VersionVector(), nodes[index].now + .milliseconds(1500))
      }
    }
    #expect(pulls == [0, 1])
    #expect(nodes[0].peers.retired.count == 0)
    #expect(nodes[1].peers.retired.count == 0)
  }

  // MARK: Sources

  @Test func choosesSources() {
    var listener = Listener(us)
    let mending = Incarnation(3)
    for node in [a, b, mending] { listener.hear(node, .starting, echo: false) }
    listener.hear(mending, .mending, entries: [.sample(gone, next: 9, silence: 10)])
    listener.hear(a, .ready, entries: [.sample(gone, next: 5, silence: 10)])
    listener.hear(b, .ready, entries: [.sample(gone, next: 9, silence: 10)])
    func sources(last: Incarnation? = nil) -> [Incarnation] {
      let known = listener.peers.known(now: listener.now)
      return listener.peers.sources(
        for: listener.losses(), known: known, isStarting: false, last: last, now: listener.now)
    }
    #expect(sources() == [b, a, mending], "ready ones first, and of them who has all")
    listener.hear(a, .ready, entries: [.sample(gone, next: 9, silence: 10)])
    #expect(sources() == [a, b, mending])
    #expect(sources(last: a) == [b, a, mending])
    listener.now += SyncPeer.patience
    listener.hear(b, .ready, echo: false)
    #expect(sources() == [], "who does not hear us cannot be asked")
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
