import GroupSimulation
import Testing

/// One seed of some climates; `simulate` runs many.
@Suite struct SimulationTests {
  /// Without optimization the other climates take minutes.
  @Test(arguments: [Climate.lossy, .starts, .oneWay, .clocks]) func allPropertiesHold(in climate: Climate) {
    let scenario = climate.scenario(seed: 1).cut(to: 20)
    var simulation = Simulation(scenario)
    let violations = simulation.run()
    #expect(violations.isEmpty, "\(climate) seed 1\n\(scenario.text)")
  }

  @Test(arguments: Lie.allCases) func detects(lie: Lie) {
    var simulation = Simulation(lie.scenario)
    let violations = simulation.run(until: lie.property)
    #expect(violations.contains { $0.property == lie.property }, "\(violations)")
  }

  @Test func repeatsARunExactly() {
    let scenario = Climate.lossy.scenario(seed: 3)
    var first = Simulation(scenario)
    var second = Simulation(scenario)
    let (one, two) = (first.run(), second.run())
    #expect(one == two)
    #expect(first.hash == second.hash)
    #expect(first.hash != 0)
  }

  @Test func losesNothingWithoutFaults() {
    var scenario = Climate.lossy.scenario(seed: 4)
    scenario.faults = []
    var simulation = Simulation(scenario)
    _ = simulation.run()
    #expect(simulation.frames(.nak) == 0)
  }

  @Test func shortensAScenario() throws {
    var scenario = Lie.isNeverReady.scenario
    scenario.faults = Climate.everything.scenario(seed: 1).faults.filter {
      $0.nodes.allSatisfy { $0 < 2 } && $0.at < 20
    }
    var simulation = Simulation(scenario)
    let violation = try #require(simulation.run().first { $0.property == .backInTime })
    var shrinker = Shrinker(scenario, violation, limit: 60) { true }
    shrinker.run()
    #expect(shrinker.shortest.faults.count < 3)
    #expect(shrinker.violation.property == .backInTime)
  }
}

extension Scenario {
  /// The same scenario, cut to some seconds.
  fileprivate func cut(to seconds: Double) -> Scenario {
    var scenario = self
    scenario.duration = min(scenario.duration, seconds)
    return scenario
  }
}
