import JoolCore

/// The arguments of `session find` and `bib find`: an address, and the protocols whose tables are searched.
struct FindRequest: Hashable, Sendable {
  /// All if there are none.
  var protocols: Set<L4Protocol> = []
  private(set) var target: Target?

  /// The address to find.
  ///
  /// The form of the argument determines which column it is compared with.
  enum Target: Hashable, Sendable {
    /// A pool4 address, or otherwise the IPv4 address of a server.
    case ipv4(TransportRange<IPv4Address>)
    /// The IPv6 address of a server if it is inside pool6, otherwise that of a client.
    case ipv6(TransportRange<IPv6Address>)
  }

  /// Stores the argument.
  mutating func take(_ text: String) throws(ArgumentError) {
    if let range = TransportRange<IPv4Address>(text) {
      try target.fill(.ipv4(range))
    } else if let range = TransportRange<IPv6Address>(text) {
      try target.fill(.ipv6(range))
    } else {
      throw .notFindable(text)
    }
  }

  /// The filters to try, one after the other until one finds something.
  /// - `pool6`: called if the answer depends on it.
  private static func filters<Failure>(
    for target: Target, pool6: () throws(Failure) -> IPv6Prefix?
  ) throws(Failure) -> [SessionFilter] {
    switch target {
    case .ipv4(let range): return [SessionFilter(source4: range), SessionFilter(destination4: range)]
    case .ipv6(let range):
      let pool6 = try pool6()
      let isServer = pool6.map { $0.length <= range.prefix.length && $0.contains(range.prefix.address) } ?? false
      return [isServer ? SessionFilter(destination6: range) : SessionFilter(source6: range)]
    }
  }

  /// Passes everything that is found to `found`.
  /// - `wantsSessions`: whether sessions are wanted, and not only bindings.
  /// - Throws: `CommandFailure.nothingFound` if there is nothing.
  func run(
    in context: CommandContext, wantsSessions: Bool, _ found: (BindingFinding) -> Void
  ) throws(CommandFailure) {
    guard let target else { throw .invalid(.missing(["an address to find"])) }
    var client = try context.client()
    var isEmpty = true
    try client.ask { (client) throws(JoolError) in
      let filters = try Self.filters(for: target) { () throws(JoolError) in try client.globals().prefix6(.pool6) }
      for var filter in filters where isEmpty {
        filter.protocols = protocols
        try client.find(filter, wantsSessions: wantsSessions) { finding in
          isEmpty = false
          found(finding)
        }
      }
    }
    if isEmpty { throw .nothingFound(target.description, among: SessionFilter(protocols: protocols).possibleProtocols) }
  }
}

extension FindRequest.Target: CustomStringConvertible {
  var description: String {
    switch self {
    case .ipv4(let range): range.description
    case .ipv6(let range): range.description
    }
  }
}

extension Syntax {
  /// The table of an operation that has a `FindRequest` and prints a table.
  static func find(
    _ request: any WritableKeyPath<Operation, FindRequest> & Sendable,
    _ protocols: any WritableKeyPath<Operation, Set<L4Protocol>> & Sendable,
    _ table: any WritableKeyPath<Operation, TableOptions> & Sendable
  ) -> Self {
    Self(options: Self.protocolSet(protocols, "Search") + Self.table(table), arguments: "ADDRESS[/LENGTH][#PORTS]") {
      (operation, text) throws(ArgumentError) in try operation[keyPath: request].take(text)
    }
  }
}
