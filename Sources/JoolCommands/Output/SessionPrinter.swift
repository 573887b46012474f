import JoolCore

/// Prints sessions page by page.
///
/// If names are looked up, prints them in the batches in which they are looked up.
struct SessionPrinter: RowWriter {
  var options: TableOptions
  var names: EndpointNames
  var output: OutputSink
  /// Whether the text form begins with the protocol, for sessions of several protocols.
  var namesProtocol = false
  private var isStarted = false
  private var waiting: [SessionEntry] = []

  /// The line between sessions.
  static let separator: StaticString = "---------------------------------"

  /// More bytes than a session has in either form, names excluded.
  private static let capacity = 512

  /// The first line of CSV.
  static let csvHeader = """
    Protocol,IPv6 Remote Address,IPv6 Remote L4-ID,IPv6 Local Address,IPv6 Local L4-ID,IPv4 Local Address,\
    IPv4 Local L4-ID,IPv4 Remote Address,IPv4 Remote L4-ID,Expires in,State
    """

  init(options: TableOptions, names: EndpointNames, output: OutputSink) {
    self.options = options
    self.names = names
    self.output = output
  }

  mutating func write(_ page: [SessionEntry]) {
    start()
    waiting += page
    if waiting.count >= names.batchSize { printWaiting() }
  }

  mutating func printWaiting() {
    names.prepare(
      waiting.lazy.flatMap { [AnyIPAddress.v6($0.source6.address), AnyIPAddress.v4($0.destination4.address)] })
    for session in waiting { write(session) }
    waiting.removeAll(keepingCapacity: true)
  }

  private mutating func start() {
    guard !isStarted else { return }
    isStarted = true
    if !options.csv {
      output.print("\(Self.separator)")
    } else if !options.noHeaders {
      output.print(Self.csvHeader)
    }
  }

  private func write(_ session: SessionEntry) {
    if options.csv { writeCSV(session) } else { writeText(session) }
  }

  private func writeCSV(_ session: SessionEntry) {
    let remote6 = names.endpoint(.v6(session.source6.address), session.source6.port, session.proto)
    let remote4 = names.endpoint(.v4(session.destination4.address), session.destination4.port, session.proto)
    output.printLine(capacity: Self.capacity + remote6.nameSize + remote4.nameSize) { line in
      line.write(session.proto)
      line.columns(remote6)
      line.columns(session.destination6)
      line.columns(session.source4)
      line.columns(remote4)
      line.column(session.expiration)
      if session.proto == .tcp { line.column(session.state) }
    }
  }

  private func writeText(_ session: SessionEntry) {
    let remote4 = names.endpoint(.v4(session.destination4.address), session.destination4.port, session.proto)
    let remote6 = names.endpoint(.v6(session.source6.address), session.source6.port, session.proto)
    output.printLine(capacity: Self.capacity + remote6.nameSize + remote4.nameSize) { lines in
      if namesProtocol {
        lines.write(session.proto)
        lines.write(" ")
      }
      if session.proto == .tcp {
        lines.write("(")
        lines.write(session.state)
        lines.write(") ")
      }
      lines.write("Expires in ")
      lines.write(session.expiration)
      lines.write("\nRemote: ")
      lines.write(remote4)
      lines.write("\t")
      lines.write(remote6)
      lines.write("\nLocal: ")
      lines.write(session.source4)
      lines.write("\t")
      lines.write(session.destination6)
      lines.write("\n")
      lines.write(Self.separator)
    }
  }
}
