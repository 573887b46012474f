@testable import JoolCommands

/// Text for manual pages: the macros of man(7).
enum Roff {
  /// Text without markup, with escapes for what roff would interpret.
  static func plain(_ text: String) -> String {
    var result = text.replacing("\\", with: "\\e").replacing("-", with: "\\-").replacing("^", with: "\\(ha")
      .replacing("~", with: "\\(ti")
    if let first = result.first, ".'".contains(first) { result = "\\&" + result }
    return result
  }

  /// A sentence on lines of its own, from text that may lack its full stop.
  static func sentence(_ text: String) -> String {
    text.isEmpty ? "" : marked(text.hasSuffix(".") ? text : text + ".") + "\n"
  }

  /// Text with parts in bold, between backticks.
  ///
  /// Each sentence begins a line.
  static func marked(_ text: String) -> String {
    var result = ""
    for (index, part) in text.split(separator: "`", omittingEmptySubsequences: false).enumerated() {
      let escaped = plain(String(part))
      let isBold = index % 2 == 1
      result += isBold ? "\\fB\(escaped.replacing("'", with: "\\(aq"))\\fR" : escaped.replacing(". ", with: ".\n")
    }
    return result
  }

  /// A definition: `.TP`, the term, and its text.
  static func item(_ term: String, _ text: String) -> String { ".TP\n.B \(term)\n\(text)" }

  /// Lines that are printed as they are.
  static func example(_ lines: [String]) -> String {
    let text = lines.map { line in
      let line = plain(line).replacing("'", with: "\\(aq").replacing("`", with: "\\(ga")
      return line.hasPrefix("\\&") || !line.hasPrefix("\\(aq") ? line : "\\&" + line
    }
    return ".RS 4\n.nf\n\(text.joined(separator: "\n"))\n.fi\n.RE\n"
  }

  /// The pages that a text mentions, such as `jool`(8), in their order.
  static func references(in text: String) -> [PageName] {
    text.matches(of: /`(jool[\w.\-]*)`\((\d)\)/).map { PageName(String($0.1), Int($0.2) ?? 0) }
  }

  /// The text before the first heading of a Markdown file, and the text from it on.
  ///
  /// Headings are `##` and `###`. Blocks are paragraphs, examples (indented by four columns, `NAME# COMMAND` being a
  /// command on a machine), and definitions: a term, and its text after `: `.
  static func pages(ofMarkdown text: String) -> (beginning: String, rest: String) {
    var beginning = ""
    var rest = ""
    var isAfterHeading = true
    for block in text.split(separator: "\n\n") {
      let lines = block.split(separator: "\n").map(String.init)
      guard let first = lines.first else { continue }
      var block = ""
      if first.hasPrefix("##") {
        let title = first.drop { $0 == "#" }.dropFirst()
        block = (first.hasPrefix("###") ? ".SS " : ".SH ") + plain(String(title)) + "\n"
      } else if first.hasPrefix("    ") {
        block =
          (isAfterHeading ? "" : ".PP\n")
          + example(lines.map { String($0.dropFirst(4).replacing(#/^\w+([#$]) /#) { "\($0.1) " }) })
      } else if lines.count > 1, lines[1].hasPrefix(": ") {
        block = item(marked(first), marked(String(lines.dropFirst().joined(separator: " ").dropFirst(2))) + "\n")
      } else {
        block = (isAfterHeading ? "" : ".PP\n") + marked(lines.joined(separator: " ")) + "\n"
      }
      isAfterHeading = first.hasPrefix("##")
      if rest.isEmpty, !isAfterHeading { beginning += block } else { rest += block }
    }
    return (beginning, rest)
  }
}

/// The name of a manual page, such as jool(8).
struct PageName: Hashable {
  var name: String
  var section: Int

  init(_ name: String, _ section: Int) {
    self.name = name
    self.section = section
  }

  /// The name of the page's file in `docs/man`.
  var file: String { "\(name).\(section)" }
  /// The name as a reference in another page.
  var reference: String { "\\fB\(Roff.plain(name))\\fR(\(section))" }
}
