import SystemPackage
import Testing

@testable import JoolCommands
@testable import JoolCore

/// Tests of `apply` with a transport that fails at each of its requests in turn.
@Suite struct InterruptedApplyTests {
  /// The point at which the transport fails.
  enum Fault: CaseIterable {
    /// The request is not sent.
    case request
    /// The module works on the request, but its answer is lost.
    case answer
  }

  @Test(arguments: Fault.allCases)
  func aRerunEndsRightAfterEveryRequest(fault: Fault) throws {
    let pairs = [
      ("jool", ApplyTests.nat64, ApplyTests.otherNAT64, ""), ("jool_siit", ApplyTests.siit, ApplyTests.otherSIIT, ""),
      ("jool", ApplyTests.nat64, ApplyTests.nat64.replacing("64:ff9b::", with: "2001:db8:64::"), "--recreate"),
      ("jool", nil, ApplyTests.nat64, ""),
    ]
    for (program, before, after, option) in pairs {
      let files = try Files(after, before ?? "")
      let all = try Self.run(program, files, before != nil, option, failingAt: nil, fault)
      #expect(all.outcome.status == 2 && all.requests > 5)
      for number in 1...all.requests {
        let (bench, outcome, _) = try Self.run(program, files, before != nil, option, failingAt: number, fault)
        #expect(outcome.status == 1, "\(program) \(number)")
        #expect(outcome.error.hasPrefix("Error: sendto failed") || outcome.error.hasPrefix("Error: recvfrom failed"))
        // The changes that were made are printed, in their order.
        #expect(all.outcome.output.hasPrefix(outcome.output), "\(program) \(number)")
        if !outcome.output.isEmpty { #expect(outcome.error.contains(" changes were made")) }
        let rerun = bench.run("\(program) apply \(option) \(files.first)")
        #expect(rerun.error == "" && [0, 2].contains(rerun.status), "\(program) \(number): \(rerun)")
        #expect(bench.run("\(program) apply \(files.first)") == Outcome(), "\(program) \(number)")
        #expect(bench.run("\(program) file save").output == all.bench.run("\(program) file save").output)
      }
    }
  }

  @Test func saysWhatWasDoneAndWhatNot() throws {
    let files = try Files(ApplyTests.otherNAT64, ApplyTests.nat64)
    let last = try Self.run("jool", files, true, "", failingAt: nil, .request).requests
    #expect(
      try Self.run("jool", files, true, "", failingAt: last, .answer).outcome.error == """
        Error: recvfrom failed: Input/output error
        8 of 9 changes were made. It is not known whether this one was made:
        + bib {"protocol": "TCP", "ipv6 address": "2001:db8::1#80", "ipv4 address": "192.0.2.2#1080"}
        (Run `apply` again to make the rest.)

        """)
    let json = try Self.run("jool", files, true, "--json", failingAt: last, .request).outcome
    #expect(json.output.contains(#""added": null, "made": true}"#) && json.output.contains(#""made": false}"#))
    #expect(json.error.hasPrefix(#"{"error": {"status": 1, "message": "sendto failed"#))
  }

  /// Runs `apply` with the first file, on an instance of the second file or (`hasInstance`) without one.
  private static func run(
    _ program: String, _ files: Files, _ hasInstance: Bool, _ option: String, failingAt number: Int?, _ fault: Fault
  ) throws -> (bench: TestBench, outcome: Outcome, requests: Int) {
    let bench = TestBench()
    if hasInstance { #expect(bench.run("\(program) file handle \(files.second)") == Outcome()) }
    var count = 0
    bench.transport = { [kernel = bench.kernel] in
      let transport = kernel.transport()
      return AnyTransport(
        send: { (datagram) throws(JoolError) in
          count += 1
          if count == number, fault == .request { throw .system(call: "sendto", .ioError) }
          try transport.send(datagram)
        },
        receive: { (waiting) throws(JoolError) in
          let answer = try transport.receive(waiting: waiting)
          if count == number, fault == .answer { throw .system(call: "recvfrom", .ioError) }
          return answer
        })
    }
    let outcome = bench.run("\(program) apply \(option) \(files.first)")
    bench.transport = nil
    return (bench, outcome, count)
  }
}
