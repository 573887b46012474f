internal import JoolCore
internal import OrderedCollections

/// Timeouts that differ within the group, and that change.
extension SyncNode {
  /// Adopts new timeouts of the module.
  ///
  /// If one is shorter than before, this node's records that have more time left than any packet gives now are sent
  /// again.
  mutating func use(_ limits: SessionLimits, now: Instant) {
    guard limits != self.limits else { return }
    let isShorter = limits.isShorter(than: self.limits)
    noteLimits(limits)
    // Send a hello before the next records, because peers convert times left by the sender's timeouts.
    hellos.request()
    if isShorter { readvertisement = Readvertisement(next: now) }
  }

  /// Updates the feed's terms, after this node's or a peer's timeouts have changed, or after a peer was admitted.
  mutating func noteLimits(_ limits: SessionLimits) {
    let others = peers.all.filter { !$0.hasOtherPool6 }.map { ($0.index, $0.hello.limits) }
    feed.use(limits, peers: others)
  }

  /// Sends the next batch of the records that have too much time left, shortened.
  ///
  /// Each gets the smallest version above its former one, because no packet caused it. So a record that a peer has sent
  /// since the former one stays newer, even if this node has not received it.
  mutating func continueReadvertising(now: Instant) {
    guard let readvertisement, readvertisement.next <= now else { return }
    var outdated: [SyncRecord] = []
    let row = table.forEach(from: readvertisement.row, limit: Readvertisement.rows, now: now) { known in
      if known.origin == 0, known.entry.expiration > limits.longest(known.entry) { outdated.append(SyncRecord(known)) }
    }
    self.readvertisement = row.map { Readvertisement(row: $0, next: now + Readvertisement.pause) }
    for var record in outdated {
      record.session.expiration = limits.longest(record.session)
      record.version = clock.version(justAfter: record.version)
      guard store(record, origin: 0, isOwnRecord: true, now: now) != nil else { continue }
      clock.note(record.version)
      outgoing.add(record, isRefresh: true)
      counters.refreshesSent += 1
    }
    if !outdated.isEmpty { flush(now: now) }
  }

  /// The position of the pass through the table for sessions that have too much time left.
  struct Readvertisement: Sendable {
    /// The number of rows in a batch, and the pause after it.
    ///
    /// This loads the network about as much as a transfer does.
    static let rows: UInt32 = 1024
    static let pause = Duration.milliseconds(5)

    var row: UInt32 = 0
    /// When the next batch is due.
    var next: Instant
  }
}

extension SessionLimits {
  /// The longer one of each pair of timeouts.
  func longest(with other: SessionLimits) -> SessionLimits {
    var longest = self
    longest.tcpEstablished = max(tcpEstablished, other.tcpEstablished)
    longest.tcpTransitory = max(tcpTransitory, other.tcpTransitory)
    longest.udp = max(udp, other.udp)
    longest.icmp = max(icmp, other.icmp)
    return longest
  }

  /// Whether any timeout is shorter than the other's.
  func isShorter(than other: SessionLimits) -> Bool {
    tcpEstablished < other.tcpEstablished || tcpTransitory < other.tcpTransitory || udp < other.udp || icmp < other.icmp
  }
}
