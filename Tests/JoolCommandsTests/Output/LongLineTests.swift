import Testing

@testable import JoolCommands
@testable import JoolCore

/// The longest lines of sessions and bindings, which must fit into the memory that the printers reserve.
@Suite struct LongLineTests {
  private static let six = TransportAddress(IPv6Address(bits: .max), .max)
  private static let four = TransportAddress(IPv4Address(bits: .max), .max)
  private static let session = SessionEntry(
    proto: .tcp, source6: six, destination6: six, source4: four, destination4: four, state: .v4FinV6FinRcv,
    expiration: Milliseconds(.max))
  private static let binding = BIBEntry(proto: .icmp, source6: six, source4: four, isStatic: false)
  private static let text6 = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"
  private static let text4 = "255.255.255.255"

  /// A host's name longer than any in DNS.
  private static let name = String(repeating: "n", count: 5000)

  private static func printed(named: Bool, _ body: (EndpointNames, OutputSink) -> Void) -> String {
    let output = OutputSink()
    var context = CommandContext(
      programName: "jool", translator: .nat64, output: output, messages: MessagePrinter(sink: OutputSink()))
    context.names.host = { _ in .name(name) }
    context.names.service = { _ in nil }
    body(EndpointNames(numeric: !named, in: context), output)
    return output.text
  }

  private static func session(csv: Bool, named: Bool) -> String {
    printed(named: named) { names, output in
      let options = TableOptions(format: csv ? .csv : .console, noHeaders: true)
      var printer = SessionPrinter(options: options, names: names, output: output)
      printer.write([session])
      printer.printWaiting()
    }
  }

  @Test(arguments: [false, true]) func sessionsAsCSV(named: Bool) {
    let (host6, host4) = named ? (Self.name, Self.name) : (Self.text6, Self.text4)
    let local = "\(Self.text6),65535,\(Self.text4),65535"
    #expect(
      Self.session(csv: true, named: named)
        == "TCP,\(host6),65535,\(local),\(host4),65535,1193:02:47.295,V4_FIN_V6_FIN_RCV\n")
  }

  @Test(arguments: [false, true]) func sessionsAsText(named: Bool) {
    let (host6, host4) = named ? (Self.name, Self.name) : (Self.text6, Self.text4)
    let separator = String(repeating: "-", count: 33)
    #expect(
      Self.session(csv: false, named: named) == """
        \(separator)
        (V4_FIN_V6_FIN_RCV) Expires in 1193:02:47.295
        Remote: \(host4)#65535\t\(host6)#65535
        Local: \(Self.text4)#65535\t\(Self.text6)#65535
        \(separator)

        """)
  }

  @Test(arguments: [false, true]) func bindings(named: Bool) {
    let host = named ? Self.name : Self.text6
    for csv in [false, true] {
      let text = Self.printed(named: named) { names, output in
        let options = TableOptions(format: csv ? .csv : .console, noHeaders: true)
        var printer = BIBPrinter(options: options, names: names, output: output)
        printer.write([Self.binding])
        printer.printWaiting()
      }
      #expect(
        text
          == (csv
            ? "ICMP,\(host),65535,\(Self.text4),65535,0\n" : "[Dynamic ICMP] \(Self.text4)#65535 - \(host)#65535\n"))
    }
  }

  @Test func sessionsAsJSON() {
    let output = OutputSink()
    var rows = JSONRows<SessionEntry>(output: output)
    rows.write([Self.session])
    rows.finish()
    let end6 = "{\"address\": \"\(Self.text6)\", \"port\": 65535}"
    let end4 = "{\"address\": \"\(Self.text4)\", \"port\": 65535}"
    #expect(
      output.text == """
        [
          {"protocol": "TCP", "source6": \(end6), "destination6": \(end6), "source4": \(end4), \
        "destination4": \(end4), "expires_in_ms": 4294967295, "state": "V4_FIN_V6_FIN_RCV"}
        ]

        """)
  }

  @Test func followedSessions() {
    let output = OutputSink()
    output.printLine(capacity: 512) { SessionFollow.write(Self.session, to: &$0) }
    #expect(
      output.text == "TCP,\(Self.text6),65535,\(Self.text4),65535,\(Self.text4),65535,1193:02:47.295\n")
  }
}
