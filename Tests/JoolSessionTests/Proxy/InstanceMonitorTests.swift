import JoolCore
import Testing

@testable import JoolSession

@Suite struct InstanceMonitorTests {
  @Test func detectsACounterReset() {
    var watch = InstanceMonitor()
    let isNew = [0, 5, 9, 2, 2, 0].map {
      watch.isNew([Statistic(id: 1, value: $0, names: ["JSTAT_RECEIVED6"])], given: 0)
    }
    #expect(isNew == [false, false, false, true, false, true])
  }

  /// The instance is created, filled and created again between two readings.
  @Test func detectsThatAddedSessionsAreNotCounted() {
    var watch = InstanceMonitor()
    let looks: [(taken: UInt64, given: UInt64)] = [(0, 0), (3, 3), (5, 4), (5, 7), (1, 8)]
    let isNew = looks.map { look in
      watch.isNew([Statistic(id: 1, value: look.taken, names: ["JSTAT_JOOLD_PKT_RCVD"])], given: look.given)
    }
    #expect(isNew == [false, false, false, true, true], "another proxy may add sessions, too")
  }

  @Test func ignoresGauges() {
    var watch = InstanceMonitor()
    let isNew = [9, 0].map { watch.isNew([Statistic(id: 1, value: $0, names: ["JSTAT_SESSIONS"])], given: 0) }
    #expect(isNew == [false, false])
  }

  /// The other counters may have exceeded their old values.
  @Test func detectsTheResetOfASingleCounter() {
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
