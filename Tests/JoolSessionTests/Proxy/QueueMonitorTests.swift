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

  @Test func asksForTheTableWhenTheModuleDroppedSessions() {
    var watch = QueueMonitor()
    // What was dropped before we came is not our doing, and a join's business.
    let drops = [7, 7, 10, 10].map { watch.read(statistics($0)) }
    #expect(drops == [0, 0, 3, 0])
    let repairs = (0..<2).map { _ in watch.shouldRepair(now: start) }
    #expect(repairs == [true, false])
  }

  @Test func doesNotSendTheTableAllTheTime() {
    var watch = QueueMonitor()
    _ = watch.read(statistics(0))
    var repairs: [Bool] = []
    for second in 0..<61 {
      _ = watch.read(statistics(UInt64(second) + 1))
      repairs.append(watch.shouldRepair(now: start + .seconds(second)))
    }
    #expect(repairs.filter { $0 }.count == 3)
  }

  @Test func startsAnewWithAnInstanceOrWithoutTheCounter() {
    var watch = QueueMonitor()
    let drops = [statistics(100), statistics(2), [], statistics(3)].map { watch.read($0) }
    #expect(drops == [0, 0, 0, 1])
  }
}

@Suite struct InstanceMonitorTests {
  @Test func noticesThatCountersStartAnew() {
    var watch = InstanceMonitor()
    let isNew = [0, 5, 9, 2, 2, 0].map {
      watch.isNew([Statistic(id: 1, value: $0, names: ["JSTAT_RECEIVED6"])], given: 0)
    }
    #expect(isNew == [false, false, false, true, false, true])
  }

  /// Made, filled and made again between two looks.
  @Test func noticesThatWhatItTookIsGone() {
    var watch = InstanceMonitor()
    let looks: [(taken: UInt64, given: UInt64)] = [(0, 0), (3, 3), (5, 4), (5, 7), (1, 8)]
    let isNew = looks.map { look in
      watch.isNew([Statistic(id: 1, value: look.taken, names: ["JSTAT_JOOLD_PKT_RCVD"])], given: look.given)
    }
    #expect(isNew == [false, false, false, true, true], "another proxy may give it some, too")
  }

  @Test func takesNoGaugeForACounter() {
    var watch = InstanceMonitor()
    let isNew = [9, 0].map { watch.isNew([Statistic(id: 1, value: $0, names: ["JSTAT_SESSIONS"])], given: 0) }
    #expect(isNew == [false, false])
  }

  /// Others may have grown beyond what they were.
  @Test func noticesOneCounterThatStartsAnew() {
    var watch = InstanceMonitor()
    func look(_ received: UInt64, _ success: UInt64) -> Bool {
      watch.isNew(
        [
          Statistic(id: 1, value: received, names: ["JSTAT_RECEIVED6"]),
          Statistic(id: 2, value: success, names: ["JSTAT_RECEIVED6", "JSTAT_SUCCESS"]),
        ], given: 0)
    }
    let isNew = [look(10, 9), look(50, 8), look(51, 8)]
    #expect(isNew == [false, true, false])
  }
}
