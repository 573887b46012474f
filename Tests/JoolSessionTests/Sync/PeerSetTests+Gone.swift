import Testing

@testable import JoolSession

/// Nodes that have ended (A.1), and the choice of sources for pulls.
extension PeerSetTests {
  @Test func countsAReceivedSilenceFromItsReceipt() {
    var listener = Listener(us)
    listener.receive(a, .ready, entries: [.sample(gone, next: 9, silence: 100)])
    let mark = listener.peers.mark(of: a, now: listener.now)
    listener.now += .seconds(30)  // A long transfer.
    listener.receive(a, .ready, entries: [.sample(gone, next: 9, silence: 130)])
    listener.peers.cover(mark ?? VersionVector())
    let entry = listener.entry(of: gone)
    #expect(entry?.next == 9)
    #expect(entry?.silence == 131, "one second more, because silences are sent in whole seconds")
  }

  @Test func mentionsByOthersDoNotExtendTheMemory() {
    var listener = Listener(us)
    listener.receive(gone, .starting, echo: false)
    listener.receive(gone, .ready, last: 8)
    for sequence in 1...8 {
      _ = listener.peers.receive(update: UInt64(sequence), of: gone, now: listener.now, jitter: .zero)
    }
    listener.now += .seconds(600)
    listener.receive(a, .ready, entries: [.sample(gone, next: 9, silence: 20)])
    listener.peers.cover(listener.peers.mark(of: a, now: listener.now) ?? VersionVector())
    let entry = listener.entry(of: gone)
    #expect(entry?.silence == 600)
    listener.now += .seconds(2401)
    listener.receive(a, .ready, entries: [.sample(gone, next: 12, silence: 20)])
    let old = listener.entry(of: gone)
    #expect(old == nil, "not mentioned")
    #expect(listener.losses() == [], "not missing")
  }

  /// The node sent its last update right before it failed, and no hello after that.
  @Test func doesNotMentionUnconfirmedUpdatesLater() {
    var listener = Listener(us)
    listener.receive(gone, .starting)
    listener.receive(gone, .ready, last: 1)
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
    listener.receive(a, .starting, echo: false)
    listener.receive(a, .ready, entries: [.sample(gone, next: 3, silence: 2950)])
    #expect(listener.losses() == [], "the other node has received a hello with that number")
  }

  @Test func aReturnAfterALongTimeIsAFirstContact() {
    var listener = Listener(us)
    listener.receive(a, .starting, echo: false)
    listener.receive(a, .ready)
    listener.now += PeerMemory().acquaintance - .seconds(1)
    let early = listener.receive(a, .ready)
    #expect(early == .peer(isFirstContact: false))
    listener.now += PeerMemory().acquaintance
    listener.receive(a, .ready, echo: false)
    let late = listener.receive(a, .ready)
    #expect(late == .peer(isFirstContact: true))
    #expect(listener.losses() == [a])
  }

  @Test func forgetsStartsThatSentNothing() {
    var listener = Listener(us)
    for number in 1...UInt64(500) {
      listener.receive(Incarnation(1000 + number), .starting)
      listener.now += .seconds(6)
    }
    #expect(listener.peers.retired.count == 0)
    let entries = listener.entries()
    #expect(entries.isEmpty)
  }

  /// In a crash loop the oldest incarnations are forgotten first.
  @Test func keepsAtMost256RetiredPeers() {
    var listener = Listener(us)
    for number in 1...UInt64(400) {
      listener.receive(Incarnation(1000 + number), .starting, last: 1)
      _ = listener.peers.receive(update: 1, of: Incarnation(1000 + number), now: listener.now, jitter: .zero)
      listener.now += .seconds(6)
    }
    #expect(listener.peers.retired.count == RetiredPeers.capacity)
    var seen: Set<Incarnation> = []
    for _ in 0..<6 { seen.formUnion(listener.entries().map(\.incarnation)) }
    #expect(seen.count == RetiredPeers.capacity + PeerSet.capacity, "round robin over six hellos")
    #expect(!seen.contains(Incarnation(1001)))
  }

  /// For hours two nodes mention a third one, which has failed.
  @Test func doesNotFetchAForgottenIncarnation() {
    let start = Instant.now
    var nodes = [Listener(a, now: start), Listener(b, now: start)]
    for index in 0...1 {
      nodes[index].receive([b, a][index], .starting, echo: false)
      nodes[index].receive(gone, .starting)
      nodes[index].receive(gone, .ready, last: 1)
      _ = nodes[index].peers.receive(update: 1, of: gone, now: start, jitter: .zero)
    }
    // The updates that one node lacks at first are fetched once.
    nodes[0].receive(gone, .ready, last: 2)
    _ = nodes[0].peers.receive(update: 2, of: gone, now: start, jitter: .zero)
    var pulls = [0, 0]
    var marks: [(mark: VersionVector, due: Instant)?] = [nil, nil]
    for _ in 0..<(3 * 3600) {
      for index in 0...1 {
        nodes[index].now += .seconds(1)
        let other = 1 - index
        var entries = nodes[other].entries()
        entries.removeAll { $0.incarnation == [a, b][index] }
        nodes[index].receive([a, b][other], .ready, entries: entries)
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
    for node in [a, b, mending] { listener.receive(node, .starting, echo: false) }
    listener.receive(mending, .mending, entries: [.sample(gone, next: 9, silence: 10)])
    listener.receive(a, .ready, entries: [.sample(gone, next: 5, silence: 10)])
    listener.receive(b, .ready, entries: [.sample(gone, next: 9, silence: 10)])
    func sources(last: Incarnation? = nil) -> [Incarnation] {
      let known = listener.peers.known(now: listener.now)
      return listener.peers.sources(
        for: listener.losses(), known: known, isStarting: false, last: last, now: listener.now)
    }
    #expect(sources() == [b, a, mending], "ready nodes first, and among them the one with all updates")
    listener.receive(a, .ready, entries: [.sample(gone, next: 9, silence: 10)])
    #expect(sources() == [a, b, mending])
    #expect(sources(last: a) == [b, a, mending])
    listener.now += SyncPeer.timeout
    listener.receive(b, .ready, echo: false)
    #expect(sources() == [], "a node that does not receive this one cannot be a source")
  }
}
