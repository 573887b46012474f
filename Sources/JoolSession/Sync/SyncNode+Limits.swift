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
    transmitter.hellos.request()
    if isShorter { records.readvertisement.start(now: now) }
  }

  /// Updates the feed's terms, after this node's or a peer's timeouts have changed, or after a peer was admitted.
  mutating func noteLimits(_ limits: SessionLimits) {
    feed.use(limits, peers: peers.limits)
  }

  /// Sends the next batch of the records that have too much time left, shortened.
  ///
  /// Each gets the smallest version above its former one, because no packet caused it. So a record that a peer has sent
  /// since the former one stays newer, even if this node has not received it.
  mutating func continueReadvertising(now: Instant) {
    guard let first = records.readvertisement.dueRow(now: now) else { return }
    var outdated: [SyncRecord] = []
    let row = table.forEach(from: first, limit: Readvertisement.rows, now: now) { known in
      if known.origin == 0, known.entry.expiration > limits.longest(known.entry) { outdated.append(SyncRecord(known)) }
    }
    records.readvertisement.sent(continuingAt: row, now: now)
    for var record in outdated {
      record.session.expiration = limits.longest(record.session)
      record.version = records.clock.version(justAfter: record.version)
      guard store(record, origin: 0, isOwnRecord: true, now: now) != nil else { continue }
      records.clock.note(record.version)
      records.outgoing.add(record, isRefresh: true)
      counters.refreshesSent += 1
    }
    if !outdated.isEmpty { flush(now: now) }
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
