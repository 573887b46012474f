import Foundation
import Testing

@testable import JoolCommands
@testable import JoolCore

/// `session save`, `restore` and `diff`, and `--snapshot`.
@Suite struct SessionFileTests {
  /// A module with the sessions of the golden cases, which are in pool4, and a file for them.
  private func inBench(_ body: (TestBench, _ file: String) throws -> Void) throws {
    let file = "\(NSTemporaryDirectory())/sessions-\(UInt64.random(in: .min ... .max))"
    defer { try? FileManager.default.removeItem(atPath: file) }
    let bench = try SelectionTests.bench()
    bench.kernel.pageSize = 5
    for line in ["--tcp 192.0.2.1 61001-61099", "--udp 192.0.2.1 61001-61099", "--icmp 192.0.2.1 1-99"] {
      bench.run("jool pool4 add \(line)")
    }
    bench.run("jool global update ss-enabled true")
    try body(bench, file)
  }

  private func restart(_ bench: TestBench) {
    bench.kernel.instances[0].sessions = []
    bench.kernel.instances[0].bib = []
  }

  @Test func restoresWhatItSaved() throws {
    try inBench { bench, file in
      let saved = bench.run("jool session save \(file)")
      #expect(saved.output.hasPrefix("12 sessions were saved in '\(file)' at 20"))
      #expect(saved.error == "")
      let before = bench.kernel.instances[0].sessions
      restart(bench)
      let restored = bench.run("jool session restore \(file)")
      #expect(
        restored
          == Outcome(
            output: """
              12 of 12 sessions were restored from '\(file)', which is 0 s old; 0 were there already, \
              0 have expired since.

              """))
      let after = bench.kernel.instances[0].sessions
      func keys(_ sessions: [SessionEntry]) -> Set<[String]> {
        Set(sessions.map { ["\($0.proto)", "\($0.source6)", "\($0.source4)", "\($0.destination4)", "\($0.state)"] })
      }
      #expect(keys(after) == keys(before))
      // Times are those of the module's timeouts at most.
      #expect(after.filter { $0.proto == .udp }.allSatisfy { $0.expiration.rawValue <= 375_000 })
      #expect(bench.run("jool session diff \(file) running") == Outcome())
      let again = bench.run("jool session restore \(file)")
      #expect(again.status == 0)
      #expect(again.output.hasPrefix("0 of 12 sessions were restored"))
      #expect(again.output.contains("; 12 were there already,"))
      #expect(bench.kernel.instances[0].sessions == after)
    }
  }

  @Test func savesTheSessionsThatFit() throws {
    try inBench { bench, file in
      #expect(bench.run("jool session save \(file) --udp --destination4 192.0.2.8").output.hasPrefix("2 sessions"))
      #expect(bench.run("jool session diff \(file) running --udp --destination4 192.0.2.8").status == 0)
      #expect(bench.run("jool session diff \(file) running --udp").status == 1)
      let report = try json(bench.run("jool session save --json \(file)").output)
      #expect(report["sessions"]?.text() == "12")
      #expect(report["instance"]?.text() == "\"default\"")
      #expect(bench.run("jool session save").error == "The command is missing a file name.\n")
      #expect(bench.run("jool session save \(file) --sort source4").status == 234)
      #expect(bench.run("jool session save a b").status == 64)
    }
  }

  @Test func writesToStandardOutput() throws {
    try inBench { bench, file in
      bench.run("jool session save \(file)")
      let size = try Data(contentsOf: URL(fileURLWithPath: file)).count
      // The text is no UTF-8, so only its beginning can be compared.
      let outcome = bench.run("jool session save -")
      #expect(outcome.output.hasPrefix("JoolTabl"))
      #expect(outcome.error == "")
      #expect(size > 12 * 44)
    }
  }

  @Test func namesEachReasonWhyASessionIsNotRestored() throws {
    try inBench { bench, file in
      bench.run("jool session save \(file)")
      restart(bench)
      bench.run("jool pool4 remove --udp 192.0.2.1 61001-61099")
      bench.run("jool bib add 2001:db8::77#7 192.0.2.1#61001 --tcp")
      bench.kernel.instances[0].ignoredPorts = [42]
      let outcome = bench.run("jool session restore \(file)")
      #expect(outcome.status == 1)
      #expect(outcome.output.hasPrefix("7 of 12 sessions were restored"))
      #expect(
        outcome.error == """
          Error: 5 of 12 sessions were not restored:
          - 3: Their IPv4 addresses and ports are not in pool4 of instance 'default'.
            (Add them with `jool -i default pool4 add`, and restore again.)
          - 1: The instance has bindings that give their clients other addresses, or their addresses to other clients.
            (`jool -i default bib display` prints them. Restore before traffic arrives.)
          - 1: The module does not have them, although they were sent to it.
            (Restore again to add them.)

          """)
      let report = try json(bench.run("jool session restore --json \(file)").output)
      #expect(report["stored"]?.text() == "0")
      #expect(report["already_there"]?.text() == "7")
      #expect(report["outside_pool4"]?.text() == "3")
      #expect(report["contradicting"]?.text() == "1")
      #expect(report["missing"]?.text() == "1")
      #expect(report["interrupted"]?.text() == "false")
      // A rerun completes.
      bench.kernel.instances[0].ignoredPorts = []
      bench.run("jool pool4 add --udp 192.0.2.1 61001-61099")
      #expect(bench.run("jool session restore \(file)").output.hasPrefix("4 of 12"))
    }
  }

  @Test func restoresNothingIntoAnInstanceThatCannotUseIt() throws {
    try inBench { bench, file in
      bench.run("jool session save \(file)")
      restart(bench)
      bench.run("jool global update ss-enabled false")
      let disabled = bench.run("jool session restore \(file)")
      #expect(disabled.status == 1)
      #expect(disabled.error.contains("session synchronization is off"))
      #expect(disabled.error.contains("jool -i default global update ss-enabled true"))
      bench.run("jool instance remove")
      bench.run("jool instance add --netfilter --pool6 64:ff9b:1::/96")
      bench.run("jool global update ss-enabled true")
      let other = bench.run("jool session restore \(file)")
      #expect(other.status == 1)
      #expect(other.error.contains("have pool6 64:ff9b::/96, and the instance has 64:ff9b:1::/96. Nothing was rest"))
      #expect(bench.kernel.instances[0].sessions.isEmpty)
      #expect(bench.run("jool session diff \(file) running").status == 2)
      #expect(!bench.kernel.requests.contains(.sessionSyncAdd))
    }
  }

  @Test func refusesFilesThatAreNoSnapshots() throws {
    try inBench { bench, file in
      try Data("{\"instance\": \"default\"}".utf8).write(to: URL(fileURLWithPath: file))
      let error = "Error: '\(file)' is not used. It is no snapshot of a session table.\n"
      #expect(bench.run("jool session restore \(file)") == Outcome(error: error, status: 1))
      #expect(bench.run("jool session diff \(file) running") == Outcome(error: error, status: 2))
      #expect(bench.run("jool session diff running \(file) --json").error.contains("no snapshot"))
      #expect(bench.run("jool --snapshot \(file) session display") == Outcome(error: error, status: 1))
      #expect(bench.run("jool session restore /nowhere/x").error.contains("No such file or directory"))
      #expect(bench.run("jool session save /nowhere/x").error.contains("The step 'create' failed"))
      #expect(bench.run("jool session save /dev/null").error.contains("It is not a regular file."))
    }
  }

  @Test func printsDifferences() throws {
    try inBench { bench, file in
      bench.run("jool session save \(file)")
      bench.kernel.instances[0].sessions.remove(at: 0)
      bench.kernel.instances[0].sessions[0].state = .trans
      let outcome = bench.run("jool session diff \(file) running")
      #expect(outcome.status == 1)
      #expect(outcome.error == "")
      let lines = outcome.output.split(separator: "\n").map(String.init)
      #expect(lines.count == 5)
      #expect(lines[0].hasPrefix("--- \(file)\t20"))
      #expect(lines[1].hasPrefix("+++ running\t20"))
      #expect(lines[2].hasPrefix("-TCP 2001:db8::8#40001 192.0.2.1#61001 192.0.2.8#80 ESTABLISHED 1:59:5"))
      #expect(lines[3].hasPrefix("-TCP 2001:db8::8#40002 192.0.2.1#61002 192.0.2.8#8080 V4_FIN_V6_FIN_RCV 1:59:5"))
      #expect(lines[4].hasPrefix("+TCP 2001:db8::8#40002 192.0.2.1#61002 192.0.2.8#8080 TRANS 1:59:57.276"))
      let changes = try #require(try json(bench.run("jool session diff --json running \(file)").output).array)
      #expect(changes.map { $0["change"]?.text() } == ["\"added\"", "\"changed\""])
      #expect(changes[0]["a"]?.text() == "null")
      #expect(changes[1]["b"]?["state"]?.text() == "\"V4_FIN_V6_FIN_RCV\"")
      #expect(bench.run("jool session diff --json running running").output == "[]\n")
      #expect(bench.run("jool session diff \(file)").status == 2)
      #expect(bench.run("jool session diff \(file) \(file) \(file)").status == 64)
      #expect(bench.run("jool session diff running:nope \(file)").status == 2)
    }
  }

  @Test func answersFromASnapshotAsTheModuleWould() throws {
    try inBench { bench, file in
      bench.run("jool session save \(file)")
      let commands = [
        "session display --csv --numeric --sort source4", "session display --udp --numeric --csv", "session count",
        "session find 192.0.2.1#61001 --csv", "bib display --numeric --udp", "bib find 2001:db8::8#40012",
        "session count --json --destination4 192.0.2.9",
      ]
      func masked(_ text: String) -> String { text.replacing(/1:59:57\.2\d\d/, with: "TIME") }
      let live = commands.map { masked(bench.run("jool \($0)").output) }
      restart(bench)
      bench.run("jool instance remove")
      for (command, output) in zip(commands, live) {
        let outcome = bench.run("jool --snapshot \(file) \(command)")
        #expect(outcome.error == "")
        #expect(masked(outcome.output) == output.replacing("[Static ", with: "[Dynamic "), "\(command)")
      }
      #expect(bench.run("jool --snapshot \(file) instance display --csv --no-headers").output.contains("default"))
      #expect(bench.run("jool --snapshot \(file) pool4 display --csv --no-headers").output.contains("61001"))
      #expect(bench.run("jool --snapshot \(file) global display").output.contains("64:ff9b::/96"))
      #expect(bench.run("jool --snapshot \(file) -i nope session count").status == 3)
      let others = ["pool4 flush", "session save x", "session follow", "session advertise", "doctor", "instance flush"]
      for command in others {
        let outcome = bench.run("jool --snapshot \(file) \(command)")
        #expect(outcome.status == 1, "\(command)")
        #expect(outcome.error.contains("Leave out --snapshot to use the instance."), "\(command)")
      }
      #expect(bench.run("jool_siit --snapshot \(file) instance display").error.contains("Use jool instead."))
    }
  }
}
