import JoolCore

/// Prints pool4 page by page, with one group for each mark and protocol.
struct Pool4Printer: RowWriter {
  var options: TableOptions
  var output: OutputSink
  private var isStarted = false
  private var group: Group?

  /// The key of a group of entries, which share their iterations.
  private struct Group: Equatable {
    var mark: UInt32
    var proto: L4Protocol
  }

  private static let border = TableLine.border([10, 5, 18, 15, 11])

  init(options: TableOptions, output: OutputSink) {
    self.options = options
    self.output = output
  }

  mutating func write(_ page: [Pool4Entry]) {
    start()
    for entry in page {
      if options.csv { writeCSV(entry) } else { writeRow(entry) }
    }
  }

  mutating func finish() {
    guard !options.csv else { return }
    if group == nil { output.print(Self.border) }
    output.print(Self.border)
  }

  private mutating func start() {
    guard !isStarted else { return }
    isStarted = true
    guard !options.noHeaders else { return }
    if options.csv {
      output.print("Mark,Protocol,Address,Min port,Max port,Iterations,Iterations fixed")
    } else {
      output.print(Self.border)
      output.print(Self.row("Mark", "Proto", "Max iterations", "Address", "Ports"))
    }
  }

  private mutating func writeRow(_ entry: Pool4Entry) {
    let ports = "\(String(entry.ports.first).rightAligned(in: 5))-\(String(entry.ports.last).rightAligned(in: 5))"
    let entryGroup = Group(mark: entry.mark, proto: entry.proto)
    guard entryGroup != group else {
      output.print(Self.row("", "", "", Self.address(entry), ports))
      return
    }
    group = entryGroup
    output.print(Self.border)
    let limit = entry.iterations.flags.contains(.infinite) ? "Infinite" : String(entry.iterations.limit)
    let origin = entry.iterations.isFixed ? "fixed" : " auto"
    output.print(
      Self.row(
        String(entry.mark), entry.proto.description, "\(limit.rightAligned(in: 10)) (\(origin))",
        Self.address(entry), ports))
  }

  private func writeCSV(_ entry: Pool4Entry) {
    let limit = entry.iterations.flags.contains(.infinite) ? "infinite" : String(entry.iterations.limit)
    output.print(
      """
      \(entry.mark),\(entry.proto),\(Self.address(entry)),\(entry.ports.first),\(entry.ports.last),\(limit),\
      \(entry.iterations.isFixed ? 1 : 0)
      """)
  }

  /// The address, with the prefix length only if the prefix holds several addresses.
  private static func address(_ entry: Pool4Entry) -> String {
    entry.prefix.length == 32 ? entry.prefix.address.description : entry.prefix.description
  }

  private static func row(
    _ mark: String, _ proto: String, _ iterations: String, _ address: String, _ ports: String
  ) -> String {
    TableLine.row([
      mark.rightAligned(in: 10), proto.rightAligned(in: 5), iterations.rightAligned(in: 18),
      address.rightAligned(in: 15), ports.rightAligned(in: 11),
    ])
  }
}

extension MaxIterations {
  /// Whether the user chose the limit, rather than the module.
  fileprivate var isFixed: Bool { !flags.contains(.automatic) }
}
