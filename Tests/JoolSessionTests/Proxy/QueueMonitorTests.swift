import JoolCore
import Testing

@testable import JoolSession

@Suite struct QueueMonitorTests {
  private let start = Instant.now

  private func statistics(_ drops: UInt64) -> [Statistic] {
    [
      Statistic(id: 1, value: 5, names: ["JSTAT_RECEIVED6"]),
      Statistic(id: 1, value: drops, names: [QueueMonitor.counter]),
    ]
  }

  @Test func requestsARepairAfterTheModuleDroppedSessions() {
    var watch = QueueMonitor()
    // Drops before the first reading do not count: a proxy that starts fetches the table anyway.
    let drops = [7, 7, 10, 10].map { watch.read(statistics($0)) }
    #expect(drops == [0, 0, 3, 0])
    let repairs = (0..<2).map { _ in watch.shouldRepair(now: start) }
    #expect(repairs == [true, false])
  }

  @Test func limitsTheRateOfRepairs() {
    var watch = QueueMonitor()
    _ = watch.read(statistics(0))
    var repairs: [Bool] = []
    for second in 0..<61 {
      _ = watch.read(statistics(UInt64(second) + 1))
      repairs.append(watch.shouldRepair(now: start + .seconds(second)))
    }
    #expect(repairs.filter { $0 }.count == 3)
  }

  @Test func resetsWithANewInstanceOrWithoutTheCounter() {
    var watch = QueueMonitor()
    let drops = [statistics(100), statistics(2), [], statistics(3)].map { watch.read($0) }
    #expect(drops == [0, 0, 0, 1])
  }
}
