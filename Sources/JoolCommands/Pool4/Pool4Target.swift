import JoolCore

/// The part of pool4 that `pool4 add` and `pool4 remove` apply to.
struct Pool4Target: Hashable, Sendable {
  var proto = ProtocolChoice()
  var mark: UInt32 = 0
  var prefix: IPv4Prefix?
  var ports: PortRange?

  /// Stores a positional argument: a text with dots (or, by mistake, colons) is an address, any other a range of ports.
  /// - `acceptsProtocolWord`: whether `tcp`, `udp` and `icmp` are accepted instead of the options of that name.
  mutating func take(_ text: String, acceptsProtocolWord: Bool) throws(ArgumentError) {
    if acceptsProtocolWord, let named = L4Protocol.allCases.first(where: { $0.description.lowercased() == text }) {
      try proto.choose(named)
    } else if text.contains(".") || text.contains(":") {
      try prefix.fill(IPPrefix(argument: text))
    } else {
      try ports.fill(PortRange(argument: text))
    }
  }
}
