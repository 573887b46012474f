internal import JoolCore

/// The request of the control protocol to remove mappings: the word `remove`, then a line for each mapping, such as
/// `TCP 2001:db8::8#40001 192.0.2.1#61001`.
struct RemovalRequest: Hashable {
  /// The most mappings of a request, so that it fits `ControlProtocol.limit`.
  static let maxEntries = 500
  private static let word = "remove"

  let entries: [BIBEntry]

  init(_ entries: [BIBEntry]) { self.entries = entries }

  /// Reads the text of a request.
  ///
  /// `nil` if it is another request, or not intelligible.
  init?(text: String) {
    let lines = text.split(separator: "\n")
    guard lines.first == Self.word[...], lines.count > 1, lines.count <= Self.maxEntries + 1 else { return nil }
    var entries: [BIBEntry] = []
    for line in lines.dropFirst() {
      let words = line.split(separator: " ")
      guard words.count == 3, let proto = L4Protocol.allCases.first(where: { $0.description == words[0] }),
        let source6 = TransportAddress<IPv6Address>(words[1]),
        let source4 = TransportAddress<IPv4Address>(words[2])
      else { return nil }
      entries.append(BIBEntry(proto: proto, source6: source6, source4: source4, isStatic: false))
    }
    self.entries = entries
  }

  var text: String {
    ([Self.word] + entries.map { "\($0.proto) \($0.source6) \($0.source4)" }).joined(separator: "\n")
  }
}
