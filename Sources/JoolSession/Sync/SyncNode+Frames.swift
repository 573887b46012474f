internal import JoolCore

/// The frames that peers send.
extension SyncNode {
  /// Handles a datagram that `SyncFrame.isFrame` recognized.
  ///
  /// Throws `WireFormatError` if the header is malformed, or a body that is not ignored.
  /// - `address`: where the datagram came from; `nil` if that is not known.
  /// - `waited`: how long ago the datagram arrived.
  mutating func receive(
    _ datagram: RawSpan, from address: IPv6Address? = nil, waited: TimeAmount = .zero, now: Instant
  ) throws(WireFormatError) {
    let header = try SyncFrame.Header(decoding: datagram)
    guard header.sender != identity else {
      return selfCheck.hears(ownSequence: header.sequence, last: transmitter.lastUpdate, now: now)
    }
    let arrival = now - waited
    guard peers.notes(header, from: address, now: arrival) || header.kind == .hello else {
      counters.unvalidated += 1
      if header.kind == .update { noteUpdate(ofUnvalidated: header.sender, now: arrival) }
      return
    }
    // The sessions of a node with another pool6 are of no use, because they would be misread.
    if peers.peers.read(header.sender, { $0.hasOtherPool6 }) == true, header.kind != .hello, header.kind != .settings {
      return
    }
    let frame = try SyncFrame(decoding: datagram, pool6: table.pool6, waited: Milliseconds(clamping: waited))
    // Send what is pending first, because it is older than this frame.
    flush(now: now)
    switch frame.body {
    case .hello(let hello):
      handle(hello, header, from: address, bytes: datagram.byteCount, arrival: arrival, now: now)
    case .update(let records): handle(records, header, now: now)
    default:
      peers.raise(
        last: header.sequence, of: header.sender, now: now, jitter: jitter(upTo: NakTimer.jitter))
      if header.target == .nobody || header.target == identity { handle(frame.body, from: header.sender, now: now) }
    }
  }

  private mutating func handle(_ records: [SyncRecord], _ header: SyncFrame.Header, now: Instant) {
    let delay = jitter(upTo: NakTimer.jitter)
    // An update that is not new came over another link, or was retransmitted for another peer.
    guard peers.receive(update: header.sequence, of: header.sender, now: now, jitter: delay),
      let origin = peers.peers.read(header.sender, { $0.index })
    else { return }
    for record in records { merge(record, origin: origin, now: now) }
    if state != .ready { readiness.timer.requestSoon(now: now) }
  }

  private mutating func handle(_ body: SyncFrame.Body, from node: Incarnation, now: Instant) {
    switch body {
    case .hello, .update: break
    case .nak(let ranges):
      counters.retransmitted += UInt64(transmitter.retransmit(ranges, to: node, now: now))
    case .unavailable(_, let last):
      peers.unavailable(until: last, of: node)
      updateState(now: now)
    case .pull(let pull): serve(pull, to: node, now: now)
    case .bulk(let bulk): receive(bulk, from: node, now: now)
    case .compare(let first, let digests): compare(groups: digests, first: first, from: node, now: now)
    case .buckets(let group, let digests): receive(buckets: digests, of: group, from: node, now: now)
    case .differences(let differences): receive(differences, from: node, now: now)
    case .settings(let part): if peers.receive(part, of: node, now: now) { transmitter.settings.noteReceived() }
    }
  }

  private mutating func handle(
    _ hello: SyncFrame.Hello, _ header: SyncFrame.Header, from address: IPv6Address?, bytes: Int,
    arrival: Instant, now: Instant
  ) {
    let delay = jitter(upTo: NakTimer.jitter)
    switch peers.receive(hello: hello, header: header, from: address, now: arrival, jitter: delay) {
    case .outdated: return
    case .noRoom: counters.strangers += 1
    case .unvalidated(let answer):
      // The sender waits for a hello to know whether it is alone. But an early answer must not be much longer than what
      // the sender sent.
      if answer, helloSize <= SyncFrame.Hello.answerFactor * bytes {
        transmitter.hellos.schedule(before: now + jitter(upTo: 50))
      }
    case .otherPool6(let isNew): if isNew { updateState(now: now) }
    case .peer(let isFirstContact):
      records.clock.note(hello.clock)
      noteLimits(limits)
      if let own = hello.entries.first(where: { $0.incarnation == identity }) {
        selfCheck.hears(ownEntry: own.next, beyond: UInt64(own.beyond), last: transmitter.lastUpdate, now: now)
      }
      avoidTags()
      if isFirstContact {
        transmitter.hellos.scheduleSoon(now: now)
        repeatSettings(now: now)
      }
      updateState(now: now)
      compareRoot(with: header.sender, now: now)
    }
  }

  /// Sends the settings again soon, because a new peer may not have them.
  private mutating func repeatSettings(now: Instant) {
    transmitter.settings.send(toNewPeerAt: now + HelloSchedule.interval + jitter(upTo: 500))
  }

  /// The approximate size in bytes of the next hello.
  private var helloSize: Int {
    let entries = min(peers.entryCount, transmitter.path.entries)
    return SyncFrame.headerSize + SyncFrame.Hello.fixedSize + entries * SyncFrame.HelloEntry.size
  }

  /// Draws another tag if a peer with a lower incarnation has the same one.
  ///
  /// Otherwise two nodes could give the same version to two different records.
  private mutating func avoidTags() {
    let tags = peers.peers.values.filter { $0.incarnation < identity && !$0.hasOtherPool6 }.map(\.hello.tag)
    guard tags.contains(records.clock.tag) else { return }
    let all = Set(peers.peers.values.map(\.hello.tag))
    for _ in 0..<PeerSet.capacity * 2 {
      records.clock.use(tag: .random(in: 1..<UInt16(Version.tags), using: &random))
      if !all.contains(records.clock.tag) { return }
    }
  }

  // MARK: What is missing

  /// Sends NAKs for missing updates.
  ///
  /// A peer that does not hear this node would not receive a NAK, so its missing updates are a loss at once.
  mutating func sendNaks(now: Instant) {
    for node in peers.due(now: now) {
      guard peers[node]?.hears(identity, at: now) == true else {
        peers.abandon(on: node)
        readiness.timer.request()
        continue
      }
      let wasLost = peers[node]?.stream.isLost
      let ranges = peers.ask(node, now: now)
      if peers[node]?.stream.isLost != wasLost { readiness.timer.request() }
      guard !ranges.isEmpty else { continue }
      counters.naksSent += 1
      readiness.timer.requestSoon(now: now)
      transmitter.send(.nak(ranges), to: node)
    }
  }

  // MARK: The seal

  /// Whether a sealed frame proves that it was made after this node started: only a hello that mentions this node's
  /// incarnation does.
  ///
  /// The sender of another hello is mentioned in this node's next hello, so that its next one can prove it.
  /// - Throws: `WireFormatError` if the frame is malformed.
  mutating func isAnswer(_ datagram: RawSpan, from address: IPv6Address?, now: Instant) throws(WireFormatError) -> Bool
  {
    let header = try SyncFrame.Header(decoding: datagram)
    guard header.sender != identity else {
      selfCheck.hears(ownSequence: header.sequence, last: transmitter.lastUpdate, now: now)
      return false
    }
    if header.kind == .update { noteUpdate(ofUnvalidated: header.sender, now: now) }
    guard header.kind == .hello else { return false }
    let frame = try SyncFrame(decoding: datagram, pool6: table.pool6)
    guard case .hello(let hello) = frame.body else { return false }
    if hello.entries.contains(where: { $0.incarnation == identity }) { return true }
    // A known peer may have a new start of the seal because it slept. It is mentioned in this node's hellos anyway.
    if peers[header.sender] == nil {
      handle(hello, header, from: address, bytes: datagram.byteCount, arrival: now, now: now)
    }
    return false
  }
}
