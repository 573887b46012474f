import Foundation
import JoolCore
import Testing

@testable import JoolSession

/// After any storm, some calm makes all nodes equal, and no standby has lost what the active one has.
@Suite struct SyncSimulationTests {
  /// `JOOL_TEST_SEED` repeats one run; `JOOL_TEST_THOROUGH=1` makes some more; `simulate` makes many.
  private static let seeds: [UInt64] = {
    let environment = ProcessInfo.processInfo.environment
    if let seed = environment["JOOL_TEST_SEED"].flatMap(UInt64.init) { return [seed] }
    return Array(1...(environment["JOOL_TEST_THOROUGH"] == "1" ? 10 : 2))
  }()

  static let weathers: [(String, SyncSimulation.Weather)] = [
    ("calm", .init()), ("1 % loss", .init(loss: 0.01)), ("20 % loss", .init(loss: 0.2)),
    ("reordering and duplication", .init(duplication: 0.2, jitter: .milliseconds(50))),
    ("partitions", .init(loss: 0.01, partitions: true)), ("restarts", .init(loss: 0.01, restarts: true)),
    (
      "everything at once",
      .init(loss: 0.1, duplication: 0.1, jitter: .milliseconds(30), partitions: true, restarts: true)
    ),
  ]

  @Test(arguments: weathers.map(\.0)) func becomesEqualAfter(weather name: String) throws {
    let weather = try #require(Self.weathers.first { $0.0 == name }).1
    for seed in Self.seeds {
      var simulation = SyncSimulation(seed: seed, nodes: 2 + Int(seed % 7), weather: weather)
      let wrong = simulation.run(storm: .seconds(10), calm: .seconds(12))
      #expect(wrong == [], "seed \(seed)")
      if wrong != [] { return }
    }
  }
}
