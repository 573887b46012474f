import JoolCore

/// The part of pool4 that `add` and `remove` are about.
struct Pool4Target: Hashable, Sendable {
  var proto = ProtocolChoice()
  var mark: UInt32 = 0
  var prefix: IPv4Prefix?
  var ports: PortRange?

  /// Takes a positional argument: addresses have dots (or colons, wrongly), ranges have not.
  ///
  /// - Parameter acceptsProtocolWord: whether `tcp`, `udp` and `icmp` may stand for the options of that name.
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
