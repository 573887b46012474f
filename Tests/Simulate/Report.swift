import FoundationEssentials
import Glibc
import GroupSimulation

/// Runs scenarios and prints the results.
struct Report {
  private let arguments: Arguments
  private let begin = ContinuousClock.now

  init(_ arguments: Arguments) { self.arguments = arguments }

  private var hasTime: Bool {
    arguments.seconds.map { begin.duration(to: .now) < .seconds($0) } ?? true
  }

  // MARK: Climates

  /// Runs all seeds of all climates, seed by seed, so that a time limit shortens all climates alike.
  func runClimates() -> Bool {
    var figures: [Climate: Figures] = [:]
    var holds = true
    for seed in arguments.seeds {
      for climate in arguments.climates where hasTime {
        let scenario = climate.scenario(seed: seed)
        let start = ContinuousClock.now
        var simulation = Simulation(scenario)
        simulation.traces = arguments.traces
        simulation.traced = arguments.session
        let violations = simulation.run()
        figures[climate, default: Figures()].note(simulation, scenario, violations, took: start.duration(to: .now))
        for violation in violations { say("\(climate) seed \(seed): \(violation)") }
        if !violations.isEmpty { holds = false }
        if arguments.shrinks, let first = violations.min(by: { $0.at < $1.at }) { shrink(scenario, first) }
      }
    }
    for climate in arguments.climates {
      if let figures = figures[climate] { say("\(climate)".padded(16) + figures.text) }
    }
    return holds
  }

  private func shrink(_ scenario: Scenario, _ violation: Violation) {
    let start = ContinuousClock.now
    var shrinker = Shrinker(scenario, violation) { start.duration(to: .now) < .seconds(60) }
    shrinker.run()
    let shortest = shrinker.shortest
    say(
      """
      seed \(scenario.seed) (\(scenario.climate)) violates \(shrinker.violation).
      \(shortest.faults.count) of \(scenario.faults.count) faults after \(shrinker.runs) runs:
      \(shortest.text)
      """)
    if let json = try? JSONEncoder().encode(shortest) { say(String(decoding: json, as: UTF8.self)) }
  }

  /// Runs a scenario from a JSON file.
  func run(file: String) -> Bool {
    guard let data = FileManager.default.contents(atPath: file),
      let scenario = try? JSONDecoder().decode(Scenario.self, from: data)
    else {
      say("simulate: '\(file)' is not a valid scenario")
      return false
    }
    var simulation = Simulation(scenario)
    simulation.traces = arguments.traces
    simulation.traced = arguments.session
    let violations = simulation.run()
    for violation in violations { say("\(violation)") }
    if arguments.shrinks, let first = violations.first { shrink(scenario, first) }
    return violations.isEmpty
  }

  // MARK: Known faults

  /// Runs the recorded faults, which must not return.
  func runKnown() -> Bool {
    var holds = true
    for (name, scenario, breaks) in KnownScenarios.all where arguments.known.map({ $0 == name }) ?? true {
      let start = ContinuousClock.now
      var simulation = Simulation(scenario)
      simulation.traces = arguments.traces
      simulation.traced = arguments.session
      let violations = simulation.run()
      let took = start.duration(to: .now)
      let isIt = violations.contains { breaks.contains($0.property) }
      let word = violations.isEmpty ? "holds" : isIt ? "is found" : "violates another property"
      say("\(name.padded(8))\(word) (\(took))")
      for violation in violations { say("    \(violation)") }
      if !violations.isEmpty { holds = false }
    }
    return holds
  }

  /// Runs the lies: each must violate its property, and the same run without the lie must violate none.
  func runMutants() -> Bool {
    var holds = true
    for lie in Lie.allCases {
      var honest = lie.scenario
      honest.lie = nil
      var simulation = Simulation(honest)
      let own = simulation.run()
      simulation = Simulation(lie.scenario)
      let violations = simulation.run()
      let isFound = violations.contains { $0.property == lie.property }
      say("\(lie)".padded(20) + "\(lie.property) ".padded(20) + (isFound ? "is found" : "IS NOT FOUND"))
      for violation in own { say("    without the lie: \(violation)") }
      if !isFound { for violation in violations { say("    \(violation)") } }
      if !isFound || !own.isEmpty { holds = false }
    }
    return holds
  }
}

extension String {
  func padded(_ count: Int) -> String { self + String(repeating: " ", count: max(count - self.count, 1)) }
}

/// Prints at once, so that a long run can be followed.
func say(_ text: String) {
  print(text)
  fflush(nil)
}
