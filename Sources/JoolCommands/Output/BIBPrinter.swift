import JoolCore

/// Prints bindings page by page.
///
/// If names are looked up, prints them in the batches in which they are looked up.
struct BIBPrinter: RowWriter {
  var options: TableOptions
  var names: EndpointNames
  var output: OutputSink
  private var isStarted = false
  private var waiting: [BIBEntry] = []

  /// More bytes than an entry has in either form, names excluded.
  private static let capacity = 256

  init(options: TableOptions, names: EndpointNames, output: OutputSink) {
    self.options = options
    self.names = names
    self.output = output
  }

  mutating func write(_ page: [BIBEntry]) {
    if !isStarted, options.csv, !options.noHeaders {
      output.print("Protocol,IPv6 Address,IPv6 L4-ID,IPv4 Address,IPv4 L4-ID,Static?")
    }
    isStarted = true
    waiting += page
    if waiting.count >= names.batchSize { printWaiting() }
  }

  mutating func printWaiting() {
    names.prepare(waiting.lazy.map { AnyIPAddress.v6($0.source6.address) })
    for entry in waiting {
      let node = names.endpoint(.v6(entry.source6.address), entry.source6.port, entry.proto)
      output.printLine(capacity: Self.capacity + node.nameSize) { line in
        if options.csv { Self.writeCSV(entry, node, to: &line) } else { Self.writeText(entry, node, to: &line) }
      }
    }
    waiting.removeAll(keepingCapacity: true)
  }

  private static func writeCSV(_ entry: BIBEntry, _ node: EndpointNames.Endpoint, to line: inout OutputSpan<UInt8>) {
    line.write(entry.proto)
    line.columns(node)
    line.columns(entry.source4)
    line.write(entry.isStatic ? ",1" : ",0")
  }

  private static func writeText(_ entry: BIBEntry, _ node: EndpointNames.Endpoint, to line: inout OutputSpan<UInt8>) {
    line.write(entry.isStatic ? "[Static " : "[Dynamic ")
    line.write(entry.proto)
    line.write("] ")
    line.write(entry.source4)
    line.write(" - ")
    line.write(node)
  }
}
