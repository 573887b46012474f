import JoolCore

/// Prints instances page by page.
///
/// The headers are printed with the first page, so that there are none if no page arrives.
struct InstancePrinter: RowWriter {
  var options: TableOptions
  var output: OutputSink
  private var isStarted = false

  private static let border = TableLine.border([18, 15, 9])

  init(options: TableOptions, output: OutputSink) {
    self.options = options
    self.output = output
  }

  mutating func write(_ page: [InstanceEntry]) {
    start()
    for instance in page {
      let namespace = String(instance.namespace, radix: 16)
      if options.csv {
        output.print("\(namespace),\(instance.name),\(instance.framework)")
      } else {
        output.print(Self.row(namespace, instance.name.description, instance.framework.description))
      }
    }
  }

  mutating func finish() {
    if !options.csv { output.print(Self.border) }
  }

  private mutating func start() {
    guard !isStarted else { return }
    isStarted = true
    if options.csv {
      if !options.noHeaders { output.print("Namespace,Name,Framework") }
      return
    }
    if !options.noHeaders { output.print(Self.border + "\n" + Self.row("Namespace", "Name", "Framework")) }
    output.print(Self.border)
  }

  private static func row(_ namespace: String, _ name: String, _ framework: String) -> String {
    TableLine.row([namespace.rightAligned(in: 18), name.rightAligned(in: 15), framework.rightAligned(in: 9)])
  }
}
