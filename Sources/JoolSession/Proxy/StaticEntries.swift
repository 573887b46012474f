internal import JoolCore

/// The module's static BIB entries, as the last audit found them.
///
/// They are configuration, so no session of the group may remove one.
///
/// An entry that has become static since then is noticed right before it would be removed
/// (`StoreRequest.Outcome.isStatic`).
package struct StaticEntries: Sendable {
  /// The maximum number of entries that are kept.
  ///
  /// Entries beyond it are not removed from the module either, but the module must be asked about one of them each time
  /// that a session contradicts it.
  static let capacity = 65_536

  private struct Key<Address: Hashable & Sendable>: Hashable, Sendable {
    let proto: L4Protocol
    let address: Address
  }

  private var masks: [Key<TransportAddress6>: TransportAddress4] = [:]
  private var clients: [Key<TransportAddress4>: TransportAddress6] = [:]

  /// The number of entries.
  ///
  /// An entry that was noted twice counts once.
  var count: Int { masks.count }

  var isEmpty: Bool { masks.isEmpty }

  /// Adds the static ones among some BIB entries of the module.
  ///
  /// The same entry may be in two pages, because other entries can be added while the module is read. An entry of a later
  /// page replaces those with the same client or the same mask, because they were removed meanwhile.
  mutating func note(_ entries: some Sequence<BIBEntry>) {
    for entry in entries where entry.isStatic && count < Self.capacity {
      let mask = masks.updateValue(entry.source4, forKey: Key(proto: entry.proto, address: entry.source6))
      if let mask, mask != entry.source4 { clients[Key(proto: entry.proto, address: mask)] = nil }
      let client = clients.updateValue(entry.source6, forKey: Key(proto: entry.proto, address: entry.source4))
      if let client, client != entry.source6 { masks[Key(proto: entry.proto, address: client)] = nil }
    }
  }

  func contains(_ entry: BIBEntry) -> Bool {
    !isEmpty && masks[Key(proto: entry.proto, address: entry.source6)] == entry.source4
  }

  /// Whether the module cannot have this BIB entry, because a static entry gives its client another mask, or its mask
  /// to another client.
  func contradict(_ entry: BIBEntry) -> Bool {
    guard !isEmpty else { return false }
    let mask = masks[Key(proto: entry.proto, address: entry.source6)]
    let client = clients[Key(proto: entry.proto, address: entry.source4)]
    return (mask ?? entry.source4) != entry.source4 || (client ?? entry.source6) != entry.source6
  }
}
