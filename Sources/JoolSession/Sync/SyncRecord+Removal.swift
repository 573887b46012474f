internal import JoolCore

/// Removals as records, so that updates, transfers and snapshots carry them beside the sessions.
///
/// Source6, source4 and protocol are those of the mapping. In the place of destination4 there is the time for which the
/// removal is remembered in all, in milliseconds. The time left is what is left of it. The timer is 3, which no session
/// has. The rest is zero.
extension SyncRecord {
  /// Makes the record of a removal.
  init(_ removal: Removal) {
    let memory = TransportAddress(IPv4Address(bits: removal.memory.rawValue), 0)
    self.init(
      session: SessionEntry(
        proto: removal.entry.proto, source6: removal.entry.source6,
        destination6: TransportAddress(IPv6Address(bits: 0), 0), source4: removal.entry.source4, destination4: memory,
        state: .established, timer: .removal, expiration: removal.left),
      version: removal.version)
  }

  /// The removal; `nil` if this is the record of a session.
  var removal: Removal? {
    guard session.timer == .removal else { return nil }
    return Removal(
      entry: session.bibEntry, version: version, memory: Milliseconds(session.destination4.address.bits),
      left: session.expiration)
  }
}

extension SessionTimer {
  /// The timer of records that are removals.
  static let removal = SessionTimer(rawValue: 3)
}

extension SessionEntry {
  /// Checks that a record with the timer of removals can be one.
  /// - Throws: `WireFormatError.badValue` with the first impossible field.
  func checkRemoval(pool6: IPv6Prefix) throws(WireFormatError) {
    guard state == .established else { throw .badValue(field: "removal state", value: UInt64(state.rawValue)) }
    guard destination4.port == 0 else {
      throw .badValue(field: "removal destination port", value: UInt64(destination4.port))
    }
    let memory = destination4.address.bits
    guard memory > 0, expiration.rawValue <= memory else {
      throw .badValue(field: "removal time left", value: UInt64(expiration.rawValue))
    }
    let client = source6.address
    guard !client.isUnspecified, !client.isMulticast, !pool6.contains(client) else {
      throw .badValue(field: "src6", value: UInt64(truncatingIfNeeded: client.bits >> 64))
    }
  }
}
