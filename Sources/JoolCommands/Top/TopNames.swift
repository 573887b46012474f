import JoolCore

/// The names of the addresses on a screen, which appear when they are known.
///
/// A slow name server delays nothing but its names.
struct TopNames {
  private let pool: LookupPool
  private let service: @Sendable (UInt16) -> String?
  private var known: [AnyIPAddress: HostLookup] = [:]
  /// The addresses that were asked for and have no answer yet.
  private var asked: Set<AnyIPAddress> = []

  init(_ lookups: NameLookups) {
    pool = LookupPool(lookup: lookups.host)
    service = lookups.service
  }

  /// Whether answers are outstanding.
  var isWaiting: Bool { !asked.isEmpty }

  /// Takes the answers that have arrived.
  ///
  /// Does not block.
  /// - Returns: Whether there were any.
  mutating func collect() -> Bool {
    guard isWaiting else { return false }
    let answers = pool.answers(within: .zero)
    for (address, answer) in answers {
      known[address] = answer
      asked.remove(address)
    }
    return !answers.isEmpty
  }

  /// The text of a group, with names as far as they are known.
  ///
  /// Asks for those that are not.
  mutating func text(of key: UInt128, _ grouping: TopGrouping) -> String {
    let text = grouping.text(of: key)
    if let port = grouping.port(of: key) { return text + (service(port).map { " " + $0 } ?? "") }
    guard let address = grouping.address(of: key) else { return text }
    guard let answer = known[address] else {
      if asked.insert(address).inserted { pool.start([address]) }
      return text
    }
    if case .name(let name) = answer { return name }
    return text
  }
}
