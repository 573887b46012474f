import GroupSimulation

/// The command line: what to simulate.
struct Arguments {
  static let usage = """
    usage: simulate [--climate NAME|all|holding] [--seeds FIRST-LAST] [--seconds N] [--shrink] [--trace [--session N]]
           simulate --known [NAME] | --mutants | --scenario FILE
    """

  var climates = Climate.allCases
  var seeds: ClosedRange<UInt64> = 1...20
  /// The seconds after which remaining runs are skipped.
  var seconds: Double?
  var shrinks = false
  var isKnown = false
  /// The name of one known scenario; `nil`: all.
  var known: String?
  var isMutants = false
  var traces = false
  var session: Int?
  /// The file of a scenario.
  var scenario: String?

  /// Parses the command line.
  ///
  /// - Returns: `nil` if the arguments are invalid.
  init?(_ words: [String]) {
    var words = words[...]
    while let word = words.popFirst() {
      switch word {
      case "--shrink": shrinks = true
      case "--known":
        isKnown = true
        if let next = words.first, !next.hasPrefix("--") { known = words.popFirst() }
      case "--trace": traces = true
      case "--session": session = words.popFirst().flatMap { Int($0) }
      case "--mutants": isMutants = true
      case "--scenario":
        guard let file = words.popFirst() else { return nil }
        scenario = file
      case "--climate":
        guard let name = words.popFirst() else { return nil }
        if name == "holding" {
          climates = Climate.holding
        } else if name != "all" {
          climates = name.split(separator: ",").compactMap { Climate(rawValue: String($0)) }
          guard !climates.isEmpty else { return nil }
        }
      case "--seeds":
        let bounds = words.popFirst()?.split(separator: "-").compactMap { UInt64($0) } ?? []
        guard let first = bounds.first, let last = bounds.last, first <= last else { return nil }
        seeds = first...last
      case "--seconds":
        guard let text = words.popFirst(), let number = Double(text) else { return nil }
        seconds = number
      default: return nil
      }
    }
  }
}
