import Glibc
import JoolCore
import Logging
import Testing

@testable import JoolDaemon
@testable import JoolSession

/// Notifications to systemd (sd_notify(3)) and to its journal, over abstract Unix sockets.
@Suite struct ServiceManagerTests {
  private let log = Logger(label: "") { _ in SwiftLogNoOpLogHandler() }
  private let ready = NodeStatus(.ready, isReady: true)

  @Test func tellsReadyOnceAndTheStatusOnEachChange() throws {
    let systemd = try UnixReceiver("status")
    let name = systemd.variable
    let service = try #require(ServiceManager { $0 == "NOTIFY_SOCKET" ? name : nil })
    var report = try ReadinessReport(trackFile: nil, of: nil, service: service, now: .now)
    #expect(report.deadline == nil, "there is no watchdog")
    report.update(NodeStatus(.starting, isReady: false), now: .now, log: log)
    report.update(ready, now: .now, log: log)
    report.update(ready, now: .now, log: log)
    report.update(NodeStatus(.absent, isReady: false), now: .now, log: log)
    report.update(ready, now: .now, log: log)
    report.finish(log: log)
    let texts = systemd.takeAll()
    #expect(
      texts == [
        "STATUS=starting", "READY=1\nSTATUS=ready", "STATUS=absent", "STATUS=ready", "STOPPING=1",
      ])
  }

  @Test func servesTheWatchdogTwicePerInterval() throws {
    let systemd = try UnixReceiver("watchdog")
    let variables = ["NOTIFY_SOCKET": systemd.variable, "WATCHDOG_USEC": "10000000", "WATCHDOG_PID": "\(getpid())"]
    let service = try #require(ServiceManager { variables[$0] })
    let start = Instant.now
    var report = try ReadinessReport(trackFile: nil, of: nil, service: service, now: start)
    report.update(ready, now: start, log: log)
    _ = systemd.takeAll()
    for second in 1...20 { report.update(ready, now: start + .seconds(second), log: log) }
    let texts = systemd.takeAll()
    #expect(texts == Array(repeating: "WATCHDOG=1", count: 4))
    #expect(report.deadline == start + .seconds(25))
  }

  @Test(arguments: [nil, "", "/", "@", "relative", "/" + String(repeating: "x", count: 200)])
  func aNameThatIsNoSocketIsIgnored(name: String?) {
    #expect(ServiceManager { $0 == "NOTIFY_SOCKET" ? name : nil } == nil)
  }

  @Test func theJournalGetsMessagesWithTheirFields() throws {
    let journal = try UnixReceiver("journal")
    let path = String(decoding: journal.path, as: UTF8.self)
    var log = Logger(label: "") { _ in JournalLog(instance: "campus", path: path) }
    log[metadataKey: "state"] = "joining"
    log.notice("Now ready.", metadata: ["state": "ready"])
    let texts = journal.takeAll()
    let lines = try #require(texts.first).split(separator: "\n")
    #expect(
      Set(lines) == [
        "MESSAGE=Now ready.", "PRIORITY=5", "SYSLOG_IDENTIFIER=joold", "JOOL_INSTANCE=campus", "JOOL_STATE=ready",
      ])
    #expect(texts.count == 1)
  }

  @Test func aMessageThatNobodyReceivesIsNotDelivered() {
    #expect(!UnixDatagram.send([1], to: [0] + Array("jool-test-nobody-\(getpid())".utf8)))
  }
}
