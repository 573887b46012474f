/// The chains of a firewall, as far as they concern one kind of packet.
///
/// A match may be unknown, because a check cannot see everything that a rule may look at. What follows from these
/// chains is certain nevertheless: `dropping` names a chain only if it drops the packet whatever the unknown matches
/// are.
struct Firewall: Hashable, Sendable {
  /// Whether a rule matches the packet.
  enum Match: Hashable, Sendable {
    case yes, no, unknown

    /// Whether both match.
    func and(_ other: Match) -> Match {
      if self == .no || other == .no { return .no }
      return self == .yes && other == .yes ? .yes : .unknown
    }

    /// Whether one of them matches.
    func or(_ other: Match) -> Match {
      if self == .yes || other == .yes { return .yes }
      return self == .no && other == .no ? .no : .unknown
    }

    var negated: Match { self == .yes ? .no : self == .no ? .yes : .unknown }

    init(_ matches: Bool) { self = matches ? .yes : .no }
  }

  enum Verdict: Hashable, Sendable {
    /// The next rule decides.
    case none
    case accept, drop, back
    /// Another chain, by its key in `chains`, and whether the next rule follows if it returns.
    case call(String, returns: Bool)
    case unknown
  }

  struct Rule: Hashable, Sendable {
    var match = Match.yes
    var verdict = Verdict.none
  }

  struct Chain: Hashable, Sendable {
    /// Whether packets enter the chain from the kernel, before they reach a socket.
    var isEntry = false
    var dropsByDefault = false
    var rules: [Rule] = []
    /// The chain in messages.
    var title: String
    /// The command that lets the packet through, at the beginning of the chain.
    var remedy: String
  }

  /// All chains, by keys of the parser's choice.
  var chains: [String: Chain] = [:]

  /// The chains that certainly drop the packet, sorted by their titles.
  var dropping: [Chain] {
    chains.values.filter { chain in
      guard chain.isEntry else { return false }
      switch fate(in: chain, depth: 0) {
      case .drop: return true
      case .back: return chain.dropsByDefault
      default: return false
      }
    }.sorted { $0.title < $1.title }
  }

  /// What becomes of the packet in a chain: `.accept`, `.drop`, `.back` at its end, or `.unknown`.
  private func fate(in chain: Chain, depth: Int) -> Verdict {
    // The kernel allows 16 levels.
    guard depth <= 16 else { return .unknown }
    for rule in chain.rules where rule.match != .no {
      var outcome = rule.verdict
      if case .call(let name, let returns) = rule.verdict {
        outcome = chains[name].map { fate(in: $0, depth: depth + 1) } ?? .unknown
        if outcome == .back, returns { outcome = .none }
      }
      switch outcome {
      case .none: continue
      // If the rule does not match, the rest of the chain decides. If that drops the packet as well, it is certain.
      case .drop where rule.match == .unknown: continue
      case _ where rule.match == .unknown: return .unknown
      default: return outcome
      }
    }
    return .back
  }
}
