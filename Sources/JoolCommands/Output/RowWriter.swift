/// A printer of rows, page by page.
///
/// Nothing is printed before the first page.
protocol RowWriter<Row> {
  associatedtype Row

  mutating func write(_ page: [Row])
  /// Prints the rows that `write` has kept.
  mutating func printWaiting()
  /// Prints the text after the last row. To be called only if all rows arrived.
  mutating func finish()
}

extension RowWriter {
  mutating func printWaiting() {}
  mutating func finish() {}
}

/// Prints rows as a JSON array, one line for each.
struct JSONRows<Row>: RowWriter {
  private let output: OutputSink
  private let writeRow: (Row, OutputSink) -> Void
  private var isStarted = false
  private var isEmpty = true

  private init(output: OutputSink, _ writeRow: @escaping (Row, OutputSink) -> Void) {
    self.output = output
    self.writeRow = writeRow
  }

  init(output: OutputSink) where Row: JSONRepresentable {
    self.init(output: output) { row, output in output.write(row.json.text()) }
  }

  init(output: OutputSink) where Row: JSONLine {
    self.init(output: output) { row, output in output.write(capacity: 512) { row.write(to: &$0) } }
  }

  mutating func write(_ page: [Row]) {
    if !isStarted { output.write("[") }
    isStarted = true
    for row in page {
      output.write(isEmpty ? "\n  " : ",\n  ")
      writeRow(row, output)
      isEmpty = false
    }
  }

  func finish() { output.print(isEmpty ? "]" : "\n]") }
}
