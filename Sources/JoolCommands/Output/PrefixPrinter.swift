import JoolCore

/// Prints rows of prefixes page by page.
struct PrefixPrinter<Row>: RowWriter {
  var columns: [PrefixTableColumn]
  /// The cells of a row, one for each column.
  var cells: (Row) -> [PrefixTableCell]
  var options: TableOptions
  var output: OutputSink
  private var isStarted = false

  init(
    columns: [PrefixTableColumn], options: TableOptions, output: OutputSink,
    cells: @escaping (Row) -> [PrefixTableCell]
  ) {
    self.columns = columns
    self.cells = cells
    self.options = options
    self.output = output
  }

  private var border: String { TableLine.border(columns.map(\.width)) }

  mutating func write(_ page: [Row]) {
    start()
    for row in page.map(cells) {
      if options.csv {
        output.print(row.map { "\($0.address)/\($0.length)" }.joined(separator: ","))
      } else {
        let cells = zip(columns, row).map { column, cell in
          cell.address.rightAligned(in: column.addressWidth) + "/" + cell.length.leftAligned(in: column.lengthWidth)
        }
        output.print(TableLine.row(cells))
      }
    }
  }

  func finish() {
    if !options.csv { output.print(border) }
  }

  private mutating func start() {
    guard !isStarted else { return }
    isStarted = true
    guard !options.noHeaders else { return }
    if options.csv {
      output.print(columns.map(\.title).joined(separator: ","))
    } else {
      let titles = TableLine.row(columns.map { $0.title.rightAligned(in: $0.width) })
      output.print(border + "\n" + titles + "\n" + border)
    }
  }
}

/// The kind of prefix in a column, which determines its title and width.
enum PrefixTableColumn {
  case prefix6, prefix4

  fileprivate var title: String { self == .prefix6 ? "IPv6 Prefix" : "IPv4 Prefix" }
  fileprivate var addressWidth: Int { self == .prefix6 ? 39 : 15 }
  fileprivate var lengthWidth: Int { self == .prefix6 ? 3 : 2 }
  fileprivate var width: Int { addressWidth + 1 + lengthWidth }
}

/// The text of a prefix of either family.
struct PrefixTableCell: Hashable {
  var address: String
  var length: String

  init(_ prefix: IPPrefix<some IPAddress>) {
    address = prefix.address.description
    length = String(prefix.length)
  }
}
