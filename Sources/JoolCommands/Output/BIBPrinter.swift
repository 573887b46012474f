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
      if options.csv {
        output.print(
          """
          \(entry.proto),\(node.host),\(node.port),\(entry.source4.address),\(entry.source4.port),\
          \(entry.isStatic ? 1 : 0)
          """)
      } else {
        let kind = entry.isStatic ? "Static" : "Dynamic"
        output.print("[\(kind) \(entry.proto)] \(entry.source4) - \(node.host)#\(node.port)")
      }
    }
    waiting.removeAll(keepingCapacity: true)
  }
}
