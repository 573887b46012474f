import JoolCore

/// Prints sessions page by page.
///
/// If names are looked up, prints them in the batches in which they are looked up.
struct SessionPrinter: RowWriter {
  var options: TableOptions
  var names: EndpointNames
  var output: OutputSink
  private var isStarted = false
  private var waiting: [SessionEntry] = []

  private static let separator = String(repeating: "-", count: 33)

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
      output.print(Self.separator)
    } else if !options.noHeaders {
      output.print(Self.csvHeader)
    }
  }

  private func write(_ session: SessionEntry) {
    let expiration = Timeouts.text(milliseconds: session.expiration.rawValue)
    let local6 = session.destination6
    let local4 = session.source4
    if options.csv {
      let remote6 = names.endpoint(.v6(session.source6.address), session.source6.port, session.proto)
      let remote4 = names.endpoint(.v4(session.destination4.address), session.destination4.port, session.proto)
      output.print(
        """
        \(session.proto),\(remote6.host),\(remote6.port),\(local6.address),\(local6.port),\
        \(local4.address),\(local4.port),\(remote4.host),\(remote4.port),\(expiration)\
        \(session.proto == .tcp ? ",\(session.state)" : "")
        """)
    } else {
      let remote4 = names.endpoint(.v4(session.destination4.address), session.destination4.port, session.proto)
      let remote6 = names.endpoint(.v6(session.source6.address), session.source6.port, session.proto)
      output.print(
        """
        \(session.proto == .tcp ? "(\(session.state)) " : "")Expires in \(expiration)
        Remote: \(remote4.host)#\(remote4.port)\t\(remote6.host)#\(remote6.port)
        Local: \(local4)\t\(local6)
        \(Self.separator)
        """)
    }
  }
}
