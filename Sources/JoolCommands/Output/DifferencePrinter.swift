import JoolCore

/// Prints the differences of two session tables: as lines like those of diff(1), or as a JSON array.
struct DifferencePrinter {
  private let output: OutputSink
  private let isJSON: Bool
  /// The lines before the first difference.
  private let header: [String]
  private var isEmpty = true

  /// More bytes than two sessions have in either form.
  private static let capacity = 1100

  init(isJSON: Bool, header: [String], output: OutputSink) {
    (self.isJSON, self.header, self.output) = (isJSON, header, output)
  }

  /// Whether there was a difference.
  var hasPrinted: Bool { !isEmpty }

  mutating func write(_ difference: SessionComparison.Difference) {
    if isJSON {
      output.write(isEmpty ? "[\n  " : ",\n  ")
      output.write(capacity: Self.capacity) { difference.write(to: &$0) }
    } else {
      if isEmpty { header.forEach(output.print) }
      switch difference {
      case .removed(let session): write("-", session)
      case .added(let session): write("+", session)
      case .changed(let old, let new):
        write("-", old)
        write("+", new)
      }
    }
    isEmpty = false
  }

  /// Prints the text after the last difference.
  func finish() {
    if isJSON { output.print(isEmpty ? "[]" : "\n]") }
  }

  private func write(_ sign: StaticString, _ session: SessionEntry) {
    output.printLine(capacity: Self.capacity) { line in
      line.write(sign)
      line.write(session.proto)
      line.write(" ")
      line.write(session.source6)
      line.write(" ")
      line.write(session.source4)
      line.write(" ")
      line.write(session.destination4)
      if session.proto == .tcp {
        line.write(" ")
        line.write(session.state)
      }
      line.write(" ")
      line.write(session.expiration)
    }
  }
}

extension SessionComparison.Difference: JSONLine {
  func write(to json: inout OutputSpan<UInt8>) {
    switch self {
    case .removed(let old):
      json.write("{\"change\": \"removed\", \"a\": ")
      old.write(to: &json)
      json.write(", \"b\": null}")
    case .added(let new):
      json.write("{\"change\": \"added\", \"a\": null, \"b\": ")
      new.write(to: &json)
      json.write("}")
    case .changed(let old, let new):
      json.write("{\"change\": \"changed\", \"a\": ")
      old.write(to: &json)
      json.write(", \"b\": ")
      new.write(to: &json)
      json.write("}")
    }
  }
}
