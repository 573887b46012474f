internal import JoolCore

/// The module's static BIB entries, as its last audit found them: configuration, which no session of the group may remove.
///
/// One that was added since then is noticed right before it would be removed (`StoreRequest.Outcome.isStatic`).
package struct StaticEntries: Sendable {
  /// More are not kept. They stay nevertheless, but each would be asked for whenever a session contradicts it.
  static let capacity = 65_536

  private struct Key<Address: Hashable & Sendable>: Hashable, Sendable {
    let proto: L4Protocol
    let address: Address
  }

  private var masks: [Key<TransportAddress6>: TransportAddress4] = [:]
  private var clients: [Key<TransportAddress4>: TransportAddress6] = [:]
  private(set) var count = 0

  var isEmpty: Bool { count == 0 }

  /// Notes the static ones among some BIB entries of the module.
  mutating func note(_ entries: some Sequence<BIBEntry>) {
    for entry in entries where entry.isStatic && count < Self.capacity {
      masks[Key(proto: entry.proto, address: entry.source6)] = entry.source4
      clients[Key(proto: entry.proto, address: entry.source4)] = entry.source6
      count += 1
    }
  }

  func contains(_ entry: BIBEntry) -> Bool {
    !isEmpty && masks[Key(proto: entry.proto, address: entry.source6)] == entry.source4
  }

  /// Whether the module cannot have this BIB entry: its client has another mask for good, or its mask another client.
  func contradict(_ entry: BIBEntry) -> Bool {
    guard !isEmpty else { return false }
    let mask = masks[Key(proto: entry.proto, address: entry.source6)]
    let client = clients[Key(proto: entry.proto, address: entry.source4)]
    return (mask ?? entry.source4) != entry.source4 || (client ?? entry.source6) != entry.source6
  }
}
