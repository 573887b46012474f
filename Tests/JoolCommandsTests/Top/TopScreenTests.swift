import Foundation
import JoolSession
import Testing

@testable import JoolCommands
@testable import JoolCore

/// The screens of `session top` in every size.
@Suite struct TopScreenTests {
  /// A report in which everything occurs: a warning, unknown states, long addresses, names of strangers.
  static var report: TopReport {
    get throws {
      var report = TopReport(instance: "default")
      report.span = Milliseconds(2000)
      report.readingTime = Milliseconds(31)
      report.protocols = [
        .init(proto: .tcp, count: .init(sessions: 98_765, begun: 240, ended: 3)),
        .init(proto: .udp, count: .init(sessions: 1234, begun: 0, ended: 12)),
        .init(proto: .icmp, count: .init(sessions: 5, begun: 1, ended: 0)),
      ]
      report.states = [
        .init(name: "ESTABLISHED", sessions: 98_000, before: 97_990),
        .init(name: "V6_INIT", sessions: 700, before: 700),
        .init(name: "TRANS", sessions: 60, before: 75), .init(name: "UNKNOWN", sessions: 5, before: 5),
      ]
      report.groups = [
        .init(text: "2001:db8:1234:5678:9abc:def0:1234:5678", count: .init(sessions: 50_000, begun: 200)),
        .init(text: "client.example\u{1B}[2J\u{7}é", count: .init(sessions: 40_000, begun: 0)),
      ]
      for number in 1...40 {
        report.groups.append(.init(text: "2001:db8::\(number)", count: .init(sessions: UInt32(500 - number), begun: 1)))
      }
      report.groupCount = 1042
      for number in 1...9 {
        let prefix = try #require(IPv4Prefix("192.0.2.\(number)"))
        report.pool4.append(
          .init(
            mark: number == 3 ? 64 : 0, proto: .tcp, prefix: prefix, ports: PortSpans([61001...65535]), capacity: 4535,
            inUse: 4500 / number))
      }
      report.outside = 2
      report.synchronization = .status(NodeStatus(.ready, isReady: true), peers: 2, readyPeers: 1)
      return report
    }
  }

  private static func screen(_ report: TopReport, _ width: Int, _ height: Int) -> String {
    TopScreen(report: report).lines(width: width, height: height)
      .map { line in line.style == .plain ? line.text : "\(line.text)<\(line.style)>" }.joined(separator: "\n") + "\n"
  }

  /// `JOOL_TEST_RECORD=1` writes the files anew.
  ///
  /// Review the difference.
  @Test(arguments: [(80, 24), (40, 10), (200, 60), (80, 5)]) func arrangesTheReport(width: Int, height: Int) throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("screens")
    let file = folder.appendingPathComponent("\(width)x\(height).txt")
    let screen = Self.screen(try Self.report, width, height)
    if ProcessInfo.processInfo.environment["JOOL_TEST_RECORD"] == "1" {
      try screen.write(to: file, atomically: true, encoding: .utf8)
    }
    #expect(screen == (try String(contentsOf: file, encoding: .utf8)))
  }

  @Test func fitsEverySize() throws {
    for report in [try Self.report, TopReport(instance: "default")] {
      for width in 0...100 {
        for height in 0...40 {
          let lines = TopScreen(report: report).lines(width: width, height: height)
          #expect(lines.count <= height && lines.allSatisfy { $0.text.utf8.count <= width }, "\(width)×\(height)")
          if width > 0, height > 1 { #expect(lines.count == height, "\(width)×\(height)") }
        }
      }
    }
  }

  /// A name server of a stranger must not be able to write to the terminal.
  @Test func showsNothingThatATerminalExecutes() throws {
    for line in TopScreen(report: try Self.report).lines(width: 80, height: 24) {
      #expect(line.text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F })
    }
    #expect(
      TopScreen(report: try Self.report).lines(poolLimit: 3).allSatisfy {
        $0.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
      })
  }

  @Test func keepsWarningsOnEveryScreenWithRoom() throws {
    for height in 9...60 {
      let lines = TopScreen(report: try Self.report).lines(width: 80, height: height)
      #expect(lines.contains { $0.style == .warning }, "\(height)")
    }
  }

  @Test func showsDashesForWhatIsUnknown() throws {
    var report = try Self.report
    report.span = nil
    #expect(report.protocolLines[0] == "TCP            98765           -           -")
    #expect(report.stateLines(width: 99)[0].hasPrefix("TCP states: ESTABLISHED 98000, V6_INIT 700"))
    #expect(report.rate(5) == "-")
  }

  @Test func saysThatReadingTakesLongerThanTheInterval() throws {
    var report = try Self.report
    report.readingTime = Milliseconds(3140)
    report.isPaused = true
    report.filter = "--tcp"
    #expect(report.title == "session top: instance default, PAUSED, --tcp, every 2 s, reading took 3.1 s")
  }
}
