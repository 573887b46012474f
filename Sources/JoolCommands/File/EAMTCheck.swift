import JoolCore

/// Finds the mappings that the module would refuse because of themselves or of earlier mappings.
///
/// The module checks whether one of its prefixes contains the *first address* of a new one, so the order matters. If
/// two overlapping prefixes have different first addresses, it notices the overlap only if the larger prefix is first.
enum EAMTCheck {
  static func findings(in entries: [EAMEntry]) -> [ConfigurationFinding] {
    var seen6 = PrefixIndex<IPv6Address>()
    var seen4 = PrefixIndex<IPv4Address>()
    var findings: [ConfigurationFinding] = []
    for (index, entry) in entries.enumerated() {
      var problems =
        ConfigurationValidator.hostBits(entry.prefix6) + ConfigurationValidator.hostBits(entry.prefix4)
      if IPv4Address.bitWidth - entry.prefix4.length > IPv6Address.bitWidth - entry.prefix6.length {
        problems.append(.mappingSuffixes(entry))
      }
      if let first = seen6[entry.prefix6] ?? seen4[entry.prefix4] {
        problems.append(.samePrefix(entry, first: entries[first]))
      } else if let first = seen6.longest(containing: entry.prefix6.address)
        ?? seen4.longest(containing: entry.prefix4.address)
      {
        problems.append(.overlap(entry, first: entries[first]))
      }
      findings += problems.map { .init(problem: $0, place: .eamt(index)) }
      seen6.insert(entry.prefix6, index)
      seen4.insert(entry.prefix4, index)
    }
    return findings
  }
}

/// A set of prefixes, each with the index of its entry, that finds the longest match of an address.
private struct PrefixIndex<Address: IPAddress> {
  private var indices: [IPPrefix<Address>: Int] = [:]
  private var lengths: Set<Int> = []

  subscript(prefix: IPPrefix<Address>) -> Int? { indices[prefix] }

  mutating func insert(_ prefix: IPPrefix<Address>, _ index: Int) {
    if indices[prefix] == nil { indices[prefix] = index }
    lengths.insert(prefix.length)
  }

  /// The entry with the longest prefix that contains the address.
  func longest(containing address: Address) -> Int? {
    for length in lengths.sorted(by: >) {
      let network = Address(bits: address.bits & IPPrefix<Address>.mask(length: length))
      if let prefix = IPPrefix(address: network, length: length), let index = indices[prefix] { return index }
    }
    return nil
  }
}
