import Testing

@testable import JoolSession

/// Those who are gone (A.1), and whose table is of use.
extension PeerSetTests {
  @Test func aToldSilenceIsReckonedFromItsReceipt() {
    var listener = Listener(us)
    listener.hear(a, .ready, entries: [.sample(gone, next: 9, silence: 100)])
    let mark = listener.peers.mark(of: a, now: listener.now)
    listener.now += .seconds(30)  // a long transfer
    listener.hear(a, .ready, entries: [.sample(gone, next: 9, silence: 130)])
    listener.peers.cover(mark ?? VersionVector())
    let entry = listener.entry(of: gone)
    #expect(entry?.next == 9)
    #expect(entry?.silence == 131, "a second more, because silences are advertised in whole ones")
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

  /// It sent its last update right before it died, and no hello after that.
  @Test func whatNoHelloHasConfirmedIsNotMentionedLater() {
    var listener = Listener(us)
    listener.hear(gone, .starting)
    listener.hear(gone, .ready, last: 1)
    for sequence in 1...UInt64(2) {
      _ = listener.peers.receive(update: sequence, of: gone, now: listener.now, jitter: .zero)
    }
    for _ in 0..<50 {
      listener.now += .seconds(59)
      listener.peers.forget(now: listener.now)
      let entry = listener.entry(of: gone)
      #expect(entry?.next == 2)
    }
    #expect(listener.peers.retired.count == 1)
    listener.hear(a, .starting, echo: false)
    listener.hear(a, .ready, entries: [.sample(gone, next: 3, silence: 2950)])
    #expect(listener.losses() == [], "a hello has reached that one")
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
    let start = Instant.now
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
    var marks: [(mark: VersionVector, due: Instant)?] = [nil, nil]
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
    listener.now += SyncPeer.timeout
    listener.hear(b, .ready, echo: false)
    #expect(sources() == [], "who does not hear us cannot be asked")
  }
}
