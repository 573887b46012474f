import JoolCore

/// Prints bindings, each with its sessions.
///
/// As text, the binding is a line of `bib display`, and its sessions are those of `session display`. As CSV, only sessions
/// are printed. As JSON, the sessions are a member of the binding.
struct FindingPrinter {
  private let options: TableOptions
  private let names: EndpointNames
  private let output: OutputSink
  private var bindings: BIBPrinter
  private var sessions: SessionPrinter
  /// The number of bindings, and of sessions of the last one.
  private var count = (bindings: 0, sessions: 0)

  init(options: TableOptions, in context: CommandContext) {
    self.options = options
    output = context.output
    names = EndpointNames(numeric: true, in: context)
    bindings = BIBPrinter(options: TableOptions(), names: names, output: output)
    sessions = SessionPrinter(options: options, names: names, output: output)
  }

  mutating func write(_ finding: BindingFinding) {
    switch finding {
    case .binding(let entry): write(entry)
    case .sessions(let page): write(page)
    }
  }

  private mutating func write(_ entry: BIBEntry) {
    switch options.format {
    case .console:
      bindings.write([entry])
      // Its sessions begin with a line again.
      sessions = SessionPrinter(options: options, names: names, output: output)
    case .csv: break
    case .json:
      closeBinding()
      output.write(count.bindings == 0 ? "[\n  " : ",\n  ")
      output.write(capacity: 512) { json in
        entry.writeMembers(to: &json)
        json.write(", \"sessions\": [")
      }
    }
    count = (count.bindings + 1, 0)
  }

  private mutating func write(_ page: [SessionEntry]) {
    guard options.format == .json else { return sessions.write(page) }
    for session in page {
      output.write(count.sessions == 0 ? "\n    " : ",\n    ")
      output.write(capacity: 512) { session.write(to: &$0) }
      count.sessions += 1
    }
  }

  /// Prints the text after the last binding.
  mutating func finish() {
    switch options.format {
    case .console: break
    case .csv: sessions.write([])
    case .json:
      closeBinding()
      output.print(count.bindings == 0 ? "[]" : "\n]")
    }
  }

  private func closeBinding() {
    if count.bindings > 0 { output.write(count.sessions == 0 ? "]}" : "\n  ]}") }
  }
}
