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
struct JSONRows<Row: JSONRepresentable>: RowWriter {
  var output: OutputSink
  private var isStarted = false
  private var isEmpty = true

  init(output: OutputSink) { self.output = output }

  mutating func write(_ page: [Row]) {
    if !isStarted { output.write("[") }
    isStarted = true
    for row in page {
      output.write((isEmpty ? "\n  " : ",\n  ") + row.json.text())
      isEmpty = false
    }
  }

  func finish() { output.print(isEmpty ? "]" : "\n]") }
}
