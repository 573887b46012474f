/// Shortens a scenario that violates a property.
package struct Shrinker {
  private let property: Property
  private let limit: Int
  private let mayRun: () -> Bool
  private(set) package var runs = 0
  private(set) package var shortest: Scenario
  private(set) package var violation: Violation

  /// Makes a shrinker of a scenario that violates a rule.
  /// - `limit`: the largest number of runs.
  /// - `mayRun`: whether there is time left.
  package init(_ scenario: Scenario, _ violation: Violation, limit: Int = 300, while mayRun: @escaping () -> Bool) {
    shortest = scenario
    self.violation = violation
    property = violation.property
    self.limit = limit
    self.mayRun = mayRun
  }

  package mutating func run() {
    var scenario = shortest
    scenario.duration = min(scenario.duration, violation.at.inSeconds + 1)
    _ = fails(scenario)
    dropFaults()
    dropTraffic()
    dropNodes()
    shortenTimes()
    dropFaults()
    scenario = shortest
    scenario.duration = violation.at.inSeconds + 1
    _ = fails(scenario)
  }

  /// Runs a scenario.
  ///
  /// If it still violates the property, it becomes the shortest one.
  /// - Returns: whether it does.
  private mutating func fails(_ scenario: Scenario) -> Bool {
    guard runs < limit, mayRun(), scenario != shortest else { return false }
    runs += 1
    var simulation = Simulation(scenario)
    guard let found = simulation.run(until: property).first(where: { $0.property == property }) else { return false }
    shortest = scenario
    violation = found
    return true
  }

  /// Drops faults by delta debugging (Zeller 2002).
  private mutating func dropFaults() {
    var parts = 2
    while !shortest.faults.isEmpty {
      let count = shortest.faults.count
      let size = max((count + parts - 1) / parts, 1)
      var hasDropped = false
      var first = 0
      while first < shortest.faults.count {
        var scenario = shortest
        scenario.faults.removeSubrange(first..<min(first + size, scenario.faults.count))
        if fails(scenario) { hasDropped = true } else { first += size }
      }
      if size == 1 { if !hasDropped { return } } else { parts = min(parts * 2, max(shortest.faults.count, 1)) }
      guard runs < limit, mayRun() else { return }
    }
  }

  private mutating func dropTraffic() {
    var place = 0
    while place < shortest.traffic.count {
      var scenario = shortest
      scenario.traffic.remove(at: place)
      // The addresses of the other flows stay the same.
      if !fails(scenario) { place += 1 }
    }
  }

  /// Drops the highest nodes, if no fault and no flow names them.
  private mutating func dropNodes() {
    while shortest.nodes.count > 1 {
      var scenario = shortest
      let last = scenario.nodes.count - 1
      guard !scenario.faults.contains(where: { $0.nodes.contains(last) }),
        !scenario.traffic.contains(where: { $0.through.contains(last) })
      else { return }
      scenario.nodes.removeLast()
      guard fails(scenario) else { return }
    }
  }

  /// Rounds starts and shortens lengths of faults, and reduces the traffic.
  private mutating func shortenTimes() {
    for place in shortest.faults.indices {
      for length in [0, 0.1, 1, 5, 10, 60] where length < shortest.faults[place].lasts && length > 0 {
        var scenario = shortest
        scenario.faults[place].lasts = length
        if fails(scenario) { break }
      }
      let at = shortest.faults[place].at
      for unit in [10.0, 1, 0.1, 0.01] {
        var scenario = shortest
        scenario.faults[place].at = (at / unit).rounded() * unit
        if fails(scenario) { break }
      }
    }
    for place in shortest.traffic.indices {
      var scenario = shortest
      scenario.traffic[place].clients = 1
      scenario.traffic[place].burst = 1
      if fails(scenario) { continue }
      scenario = shortest
      scenario.traffic[place].until = shortest.traffic[place].from + 1
      _ = fails(scenario)
    }
  }
}
