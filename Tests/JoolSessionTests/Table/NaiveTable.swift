import JoolCore

@testable import JoolSession

/// The simplest implementation of `SessionTable`, without regard for memory and time.
///
/// Times are milliseconds since `start`.
struct NaiveTable {
  struct Key: Hashable {
    let proto: L4Protocol
    let source6: TransportAddress6
    let destination4: TransportAddress4
  }

  struct Row {
    var entry: SessionEntry
    var origin: UInt8
    /// The expiry, a multiple of 10 ms.
    var expires: UInt64
    var version: Version
    /// The time of the node's own last record, in steps of 10 ms.
    var ownRecordTick: UInt64?
  }

  var rows: [Key: Row] = [:]

  static func key(_ entry: SessionEntry) -> Key {
    Key(proto: entry.proto, source6: entry.source6, destination4: entry.destination4)
  }

  func session(_ row: Row, now: UInt64) -> SessionTable.Session {
    var entry = row.entry
    entry.expiration = Self.remaining(row.expires, now)
    return SessionTable.Session(
      entry: entry, origin: row.origin, version: row.version)
  }

  private static func remaining(_ end: UInt64, _ now: UInt64) -> Milliseconds {
    Milliseconds(UInt32(clamping: end - min(end, now)))
  }

  mutating func upsert(
    _ entry: SessionEntry, origin: UInt8, version: Version, isOwnRecord: Bool, now: UInt64
  ) -> SessionTable.Change {
    let expires = (now + UInt64(entry.expiration.rawValue) + 9) / 10 * 10
    for row in rows.values where row.entry.proto == entry.proto && row.entry.source6 == entry.source6 {
      if row.entry.source4 != entry.source4 { return .conflict(Self.bib(row.entry)) }
    }
    for row in rows.values where row.entry.proto == entry.proto && row.entry.source4 == entry.source4 {
      if row.entry.source6 != entry.source6 { return .conflict(Self.bib(row.entry)) }
    }
    let old = rows[Self.key(entry)]
    rows[Self.key(entry)] = Row(
      entry: entry, origin: origin, expires: expires, version: version,
      ownRecordTick: isOwnRecord ? now / 10 : old?.ownRecordTick)
    return old.map { .updated(previous: session($0, now: now)) } ?? .inserted
  }

  /// The expected `SessionTable.Knowledge`; `nil` stands for `deferredPackets`, because rows have no handles here.
  func knowledge(of session: SessionEntry, quarter: UInt64, now: UInt64) -> SessionTable.Knowledge? {
    guard let row = rows[Self.key(session)] else { return SessionTable.Knowledge.none }
    let (known, said) = (row.entry, row.ownRecordTick)
    guard known.state == session.state, known.timer == session.timer, known.source4 == session.source4 else {
      return .other
    }
    let left = Self.remaining(row.expires, now)
    if session.expiration <= left, row.version != .unassigned {
      if row.origin == 0 { return .all }
      if said.map({ now / 10 < $0 + quarter / 10 }) == true { return nil }
    }
    return .same(left: left, isOwn: row.origin == 0)
  }

  mutating func expire(now: UInt64) -> [SessionTable.Session] {
    let dead = rows.filter { $0.value.expires <= now / 10 * 10 }
    for key in dead.keys { rows[key] = nil }
    return dead.values.map { session($0, now: now) }
  }

  static func bib(_ entry: SessionEntry) -> BIBEntry {
    BIBEntry(proto: entry.proto, source6: entry.source6, source4: entry.source4, isStatic: false)
  }

  var bib: Set<BIBEntry> { Set(rows.values.map { Self.bib($0.entry) }) }

  /// The digests as specified, computed from words made of the entries' bytes.
  var digests: [UInt64] {
    var buckets = [UInt64](repeating: 0, count: 4096)
    for row in rows.values {
      let entry = row.entry
      let words: [UInt64] = [
        UInt64(entry.source6.address.bits >> 64), UInt64(truncatingIfNeeded: entry.source6.address.bits),
        UInt64(entry.destination4.address.bits) << 32 + UInt64(entry.source6.port) << 16
          + UInt64(entry.destination4.port),
        UInt64(entry.proto.rawValue),
      ]
      let identity = words.reduce(0x4a6f_6f6c_3634_6462, Self.mix)
      let content =
        UInt64(entry.source4.address.bits) << 32 + UInt64(entry.source4.port) << 16
        + UInt64(entry.state.rawValue * 4 + entry.timer.rawValue)
      buckets[Int(identity / (1 << 52))] ^= Self.mix(Self.mix(identity, content), row.version.rawValue)
    }
    return buckets
  }

  static func mix(_ hash: UInt64, _ word: UInt64) -> UInt64 {
    var bits = hash ^ word
    bits = (bits ^ (bits / 0x2_0000_0000)) &* 0xff51afd7ed558ccd
    bits = (bits ^ (bits / 0x2_0000_0000)) &* 0xc4ceb9fe1a85ec53
    return bits ^ (bits / 0x2_0000_0000)
  }
}
