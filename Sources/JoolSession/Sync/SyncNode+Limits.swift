internal import JoolCore
internal import OrderedCollections

/// Timeouts that differ within the group, and that change.
extension SyncNode {
  /// The module's timeouts are these now. What this node has said to live longer than any packet could make it now is
  /// said again.
  mutating func use(_ limits: SessionLimits, now: Instant) {
    guard limits != self.limits else { return }
    let isShorter = limits.isShorter(than: self.limits)
    self.limits = limits
    noteGroupLimits()
    // Before anything is said that others would take for too long.
    isHelloDue = true
    if isShorter { restating = Restatement(next: now) }
  }

  /// The own timeouts or those of a peer have changed, or a peer has come.
  mutating func noteGroupLimits() {
    groupLimits = limits
    feed.terms.own = limits
    feed.terms.longer = [:]
    for peer in peers.all where !peer.hasOtherPool6 {
      let theirs = peer.hello.limits
      groupLimits = groupLimits.longest(with: theirs)
      if limits.isShorter(than: theirs) { feed.terms.longer[peer.index] = theirs }
    }
  }

  /// Says some of it. Packets make sessions live long, and this is none: what a peer has said since this node's last word
  /// stays newer, also where it was not heard.
  mutating func continueRestating(now: Instant) {
    guard let restating, restating.next <= now else { return }
    var outdated: [SyncRecord] = []
    let row = table.forEach(from: restating.row, limit: Restatement.rows, now: now) { known in
      if known.origin == 0, known.entry.expiration > limits.longest(known.entry) { outdated.append(SyncRecord(known)) }
    }
    self.restating = row.map { Restatement(row: $0, next: now + Restatement.pause) }
    for var record in outdated {
      record.session.expiration = limits.longest(record.session)
      record.version = clock.version(justAfter: record.version)
      guard store(record, origin: 0, isOwnWord: true, now: now) != nil else { continue }
      clock.note(record.version)
      let key = SessionKey(record.session)
      if pending[key] == nil { refreshes[key] = record.session } else { pending[key] = record }
      counters.refreshesSent += 1
    }
    if !outdated.isEmpty { flush(now: now) }
  }

  /// How far the table was gone through for sessions that live too long.
  struct Restatement: Sendable {
    /// Rows at once, and the pause after them: about what a table that is sent takes of the network.
    static let rows: UInt32 = 1024
    static let pause = Duration.milliseconds(5)

    var row: UInt32 = 0
    var next: Instant
  }
}

extension SessionLimits {
  /// The longer one of each timeout.
  func longest(with other: SessionLimits) -> SessionLimits {
    var longest = self
    longest.tcpEstablished = max(tcpEstablished, other.tcpEstablished)
    longest.tcpTransitory = max(tcpTransitory, other.tcpTransitory)
    longest.udp = max(udp, other.udp)
    longest.icmp = max(icmp, other.icmp)
    return longest
  }

  /// Whether any timeout is.
  func isShorter(than other: SessionLimits) -> Bool {
    tcpEstablished < other.tcpEstablished || tcpTransitory < other.tcpTransitory || udp < other.udp || icmp < other.icmp
  }
}
