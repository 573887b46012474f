import Foundation
import Logging
import Synchronization
import Testing

@testable import JoolDaemon
@testable import JoolSession

/// The track file, the log and the watchdog.
@Suite struct ReadinessReportTests {
  private let log = Logger(label: "") { _ in SwiftLogNoOpLogHandler() }
  private let file = FileManager.default.temporaryDirectory.appendingPathComponent("track-\(UUID())").path

  private let ready = NodeStatus(.ready, isReady: true)
  private let mending = NodeStatus(.mending, isReady: true, because: "The module is behind.")

  private func text() -> String? { try? String(contentsOfFile: file, encoding: .utf8) }

  @Test func writesTheTrackFileAgainIfSomebodyChangedIt() throws {
    defer { try? FileManager.default.removeItem(atPath: file) }
    let now = Instant.now
    var report = try ReadinessReport(trackFile: file, of: nil, now: now)
    #expect(text() == "1\n")
    report.update(ready, now: now, log: log)
    #expect(text() == "0\n")
    for damage in ["1\n", "", "0", "0\n0\n"] {
      try damage.write(toFile: file, atomically: false, encoding: .utf8)
      report.reassert(now: now, log: log)
      #expect(text() == "0\n", "after \(damage.debugDescription)")
    }
    try FileManager.default.removeItem(atPath: file)
    report.reassert(now: now, log: log)
    #expect(text() == "0\n", "after it was removed")
    report.update(NodeStatus(.disabled, isReady: false), now: now, log: log)
    try "0\n".write(toFile: file, atomically: false, encoding: .utf8)
    report.reassert(now: now, log: log)
    #expect(text() == "1\n", "a node that is not ready")
  }

  /// keepalived must not move the addresses because a node that translates has missed something.
  @Test func theTrackFileFollowsTheRightNotTheState() throws {
    defer { try? FileManager.default.removeItem(atPath: file) }
    var report = try ReadinessReport(trackFile: file, of: nil, now: .now)
    for (nodeStatus, expected) in [
      (NodeStatus(.starting, isReady: false), "1\n"), (NodeStatus(.mending, isReady: false), "1\n"),
      (ready, "0\n"), (mending, "0\n"), (NodeStatus(.mending, isReady: false), "1\n"), (mending, "0\n"),
      (NodeStatus(.absent, isReady: false), "1\n"),
    ] {
      report.update(nodeStatus, now: .now, log: log)
      #expect(text() == expected, "\(nodeStatus.name)")
    }
  }

  @Test func leavesAFileAloneThatIsAsItShouldBe() throws {
    defer { try? FileManager.default.removeItem(atPath: file) }
    var report = try ReadinessReport(trackFile: file, of: nil, now: .now)
    report.update(ready, now: .now, log: log)
    let old = Date(timeIntervalSince1970: 1_000_000_000)
    try FileManager.default.setAttributes([.modificationDate: old], ofItemAtPath: file)
    report.reassert(now: .now, log: log)
    let attributes = try FileManager.default.attributesOfItem(atPath: file)
    #expect(attributes[.modificationDate] as? Date == old)
  }

  @Test func reportsThatANodeIsAloneOnceItHasLasted() throws {
    let messages = Messages()
    let log = Logger(label: "") { _ in messages }
    var report = try ReadinessReport(trackFile: nil, of: nil, now: .now)
    let start = Instant.now
    func note(_ reason: String?, after seconds: Int) -> [String] {
      report.note(reason, now: start + .seconds(seconds), log: log)
      return messages.take()
    }
    report.update(ready, now: start, log: log)
    _ = messages.take()
    #expect(note("No peer.", after: 0) == [])
    #expect(note("No peer.", after: 9) == [])
    #expect(
      note("No peer, 10 s ago.", after: 10) == [
        "This node is alone. No peer, 10 s ago. alone=yes ready=yes state=ready"
      ])
    #expect(note("No peer, 12 s ago.", after: 12) == [])
    report.update(mending, now: start, log: log)
    #expect(
      messages.take() == ["Now ready, mending, after ready. The module is behind. alone=yes ready=yes state=mending"])
    #expect(note(nil, after: 14) == ["This node is no longer alone. alone=no ready=yes state=mending"])
    #expect(note(nil, after: 16) == [])
    #expect(note("No peer.", after: 18) == [])
  }

  /// sd_watchdog_enabled(3).
  @Test func theWatchdogOfAnotherProcessIsNotOurs() {
    #expect(ServiceManager.watchdog(interval: "10000000", process: nil, own: 7) == .seconds(10))
    #expect(ServiceManager.watchdog(interval: "10000000", process: "7", own: 7) == .seconds(10))
    for process in ["8", "", "x", "7 "] {
      #expect(ServiceManager.watchdog(interval: "10000000", process: process, own: 7) == nil)
    }
    for interval in [nil, "0", "-5", "x", "18446744073709551615"] {
      #expect(ServiceManager.watchdog(interval: interval, process: "7", own: 7) == nil)
    }
  }
}

/// Log messages with their metadata.
private final class Messages: LogHandler, Sendable {
  private let texts = Mutex<[String]>([])
  var metadata: Logger.Metadata {
    get { [:] }
    set {}
  }
  var logLevel: Logger.Level {
    get { .trace }
    set {}
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { nil }
    set {}
  }

  func log(event: LogEvent) {
    let fields = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    texts.withLock { $0.append("\(event.message) " + fields.joined(separator: " ")) }
  }

  func take() -> [String] {
    texts.withLock { texts in
      defer { texts = [] }
      return texts
    }
  }
}
