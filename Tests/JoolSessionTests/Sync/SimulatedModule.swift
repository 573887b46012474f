import JoolCore
import TestSupport

@testable import JoolSession

/// Jool's session database as far as synchronization sees it: real rules, no packets.
struct SimulatedModule {
  struct Session: Hashable {
    var entry: SessionEntry
    var expires: Instant
  }

  private(set) var sessions: [SessionKey: Session] = [:]
  private var mask: [TransportAddress6: TransportAddress4] = [:]
  private var owner: [TransportAddress4: TransportAddress6] = [:]
  private let limits = SessionLimits()

  /// A packet of a flow: makes or refreshes the session, and announces it. `nil` if every mask is taken.
  mutating func translate(
    client: TransportAddress6, server: TransportAddress4, proto: L4Protocol, state: TCPState, now: Instant,
    masks: [TransportAddress4]
  ) -> SessionEntry? {
    guard let source4 = mask[client] ?? masks.first(where: { owner[$0] == nil }) else { return nil }
    let timer: SessionTimer = proto == .tcp && state != .established ? .transitory : .established
    let port6 = proto == .icmp ? client.port : server.port
    let server = proto == .icmp ? TransportAddress(server.address, source4.port) : server
    guard let embedded = IPv6Prefix.wellKnown.embedding(server.address) else { return nil }
    var entry = SessionEntry(
      proto: proto, source6: client, destination6: TransportAddress(embedded, port6), source4: source4,
      destination4: server, state: proto == .tcp ? state : .established, timer: timer, expiration: Milliseconds(0))
    entry.expiration = limits.timeout(of: entry)
    put(entry, now: now)
    return entry
  }

  /// JOOLD_ADD: under the client's BIB entry if it has one; ignored if the mask belongs to another client.
  mutating func add(_ entry: SessionEntry, now: Instant) {
    var entry = entry
    if let known = mask[entry.source6] {
      // An existing session with another mask is ignored, a new one gets the client's mask.
      if let old = sessions[SessionKey(entry)], old.entry.source4 != entry.source4 { return }
      entry.source4 = known
    } else if owner[entry.source4] != nil {
      return
    }
    put(entry, now: now)
  }

  /// BIB_RM with both addresses.
  mutating func remove(_ bib: BIBEntry) {
    for (key, session) in sessions where session.entry.bibEntry == bib { sessions[key] = nil }
    tidy()
  }

  mutating func expire(now: Instant) {
    let before = sessions.count
    sessions = sessions.filter { $0.value.expires > now }
    if sessions.count != before { tidy() }
  }

  mutating func removeAll() { self = SimulatedModule() }

  private mutating func put(_ entry: SessionEntry, now: Instant) {
    sessions[SessionKey(entry)] = Session(entry: entry, expires: now + entry.expiration.duration)
    mask[entry.source6] = entry.source4
    owner[entry.source4] = entry.source6
  }

  private mutating func tidy() {
    mask = [:]
    owner = [:]
    for session in sessions.values {
      mask[session.entry.source6] = session.entry.source4
      owner[session.entry.source4] = session.entry.source6
    }
  }
}
