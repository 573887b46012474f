import GroupSimulation

/// The figures of a climate's runs.
struct Figures {
  private var runs = 0
  private var failed = 0
  private var hours = 0.0
  private var seconds = 0.0
  private var pulls = 0
  private var events = 0
  private var worst = 0
  private var broken: [Property: Int] = [:]
  /// The sum of the runs' hashes, which shows whether a change of the code changes any datagram.
  private var hash: UInt64 = 0

  mutating func note(_ simulation: Simulation, _ scenario: Scenario, _ violations: [Violation], took: Duration) {
    runs += 1
    if !violations.isEmpty { failed += 1 }
    hours += scenario.duration / 3600
    let (whole, rest) = took.components
    seconds += Double(whole) + Double(rest) / 1e18
    pulls += simulation.frames(.pull)
    events += simulation.events
    worst = max(worst, simulation.worstReturn)
    hash &+= simulation.hash
    for violation in violations { broken[violation.property, default: 0] += 1 }
  }

  var text: String {
    let names = Property.allCases.compactMap { name in broken[name].map { "\(name) \($0)" } }
    return
      "\(runs) runs, \(failed) failed, \(hours.rounded(to: 2)) h in \(seconds.rounded(to: 2)) s, \(events) events, "
      + "\(pulls) pull frames, ready again after \((Double(worst) / 1e6).rounded(to: 1)) s at most, "
      + "hash \(String(hash, radix: 16))"
      + (names.isEmpty ? "" : ": " + names.joined(separator: ", "))
  }
}

extension Double {
  fileprivate func rounded(to digits: Int) -> Double {
    let factor = digits == 1 ? 10.0 : 100.0
    return (self * factor).rounded() / factor
  }
}
