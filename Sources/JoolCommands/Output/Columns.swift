extension String {
  /// The text, padded with blanks on the left to the column's width.
  func rightAligned(in width: Int) -> String {
    let blanks = width - utf8.count
    return blanks > 0 ? String(repeating: " ", count: blanks) + self : self
  }

  /// The text, padded with blanks on the right to the column's width.
  func leftAligned(in width: Int) -> String {
    let blanks = width - utf8.count
    return blanks > 0 ? self + String(repeating: " ", count: blanks) : self
  }
}

/// The lines of a table that is drawn with `+`, `-` and `|`.
enum TableLine {
  /// `+-----+---+` for columns of these widths.
  static func border(_ widths: [Int]) -> String {
    "+" + widths.map { String(repeating: "-", count: $0 + 2) + "+" }.joined()
  }

  /// `| a | b |` for cells that fill their columns.
  static func row(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
}
