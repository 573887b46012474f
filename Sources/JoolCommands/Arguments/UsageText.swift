/// The texts of `--help` and `--usage` of an operation, laid out the way GNU argp does.
struct UsageText {
  /// The operation as the user typed it.
  var name: String
  /// The operation's own options, in any order.
  var options: [OptionDeclaration]
  /// The options that every operation has.
  ///
  /// They are listed last.
  var common = OptionDeclaration.common
  /// The positional arguments as one unbreakable text, such as `IP4PREFIX PORT_RANGE`; may be empty.
  var arguments: String
  /// The words that may follow the operation instead of options and arguments.
  var subwords: [Word] = []

  /// The column at which explanations start.
  private static let explanationColumn = 29
  /// The indentation of continued lines of the usage.
  private static let usageIndent = 12
  /// The first column that must stay empty.
  private static let rightMargin = 79

  /// A paragraph that names every option, and one for each word that may follow.
  ///
  /// Ends with a newline.
  ///
  /// The C client's options are first, wrapped as argp wraps them. The options that the C client lacks follow on lines
  /// of their own.
  var usage: String {
    let visible = visibleOptions.filter { !$0.requiresFullName }
    let letters = visible.filter { $0.value == .none }.compactMap(\.letter)
    var pieces: [Piece] = letters.isEmpty ? [] : [Piece("[-" + String(letters) + "]")]
    pieces += visible.compactMap { option in
      guard let letter = option.letter, case .required(let placeholder) = option.value else { return nil }
      return Piece("[-\(letter) \(placeholder)]", isUnbreakable: true)
    }
    pieces += visible.map { Piece("[\(Self.longForm(of: $0))]") }
    let own = visibleOptions.filter(\.requiresFullName).map { Piece("[\(Self.longForm(of: $0))]") }
    return paragraph(pieces) + (own.isEmpty ? "" : Self.continuation(own)) + alternatives(\.usage)
  }

  /// The usage in short, one entry for each option, and where to report bugs.
  ///
  /// Ends with a newline.
  var help: String {
    let visible = visibleOptions
    var text = paragraph([Piece("[OPTION...]")]) + alternatives { $0.paragraph([Piece("[OPTION...]")]) } + "\n"
    for word in subwords where !word.explanation.isEmpty {
      text += Self.entry("  \(word.name)", explanation: word.explanation)
    }
    for option in visible { text += Self.entry(for: option) }
    if visible.contains(where: { $0.letter != nil && $0.value != .none }) {
      text += """

        Mandatory or optional arguments to long options are also mandatory or optional
        for any corresponding short options.

        """
    }
    return text + "\nReport bugs to \(ProgramIdentity.bugAddress).\n"
  }

  /// The options that are not hidden: first the operation's own, sorted by letter (or by name, without a letter) and
  /// ignoring case, then the common ones.
  private var visibleOptions: [OptionDeclaration] {
    let own = options.filter { !$0.isHidden }.sorted(by: Self.precedes)
    return own + common.filter { !$0.isHidden }
  }

  private static func precedes(_ left: OptionDeclaration, _ right: OptionDeclaration) -> Bool {
    if left.letter == nil && right.letter == nil { return left.name.lowercased() < right.name.lowercased() }
    let leftKey = String(left.letter ?? left.name.first ?? " ")
    let rightKey = String(right.letter ?? right.name.first ?? " ")
    if leftKey.lowercased() != rightKey.lowercased() { return leftKey.lowercased() < rightKey.lowercased() }
    return leftKey > rightKey
  }

  private static func longForm(of option: OptionDeclaration) -> String {
    switch option.value {
    case .none: "--\(option.name)"
    case .required(let placeholder): "--\(option.name)=\(placeholder)"
    case .optional(let placeholder): "--\(option.name)[=\(placeholder)]"
    }
  }

  private static func entry(for option: OptionDeclaration) -> String {
    entry((option.letter.map { "  -\($0), " } ?? "      ") + longForm(of: option), explanation: option.explanation)
  }

  private static func entry(_ name: String, explanation: String) -> String {
    var line = name
    let indent = String(repeating: " ", count: explanationColumn)
    if line.count > explanationColumn + 3 {
      line += "\n" + indent
    } else if line.count >= explanationColumn {
      line += "   "
    } else {
      line += String(repeating: " ", count: explanationColumn - line.count)
    }
    let column = line.count - (line.lastIndex(of: "\n").map { line.distance(from: line.startIndex, to: $0) + 1 } ?? 0)
    let words = explanation.split(separator: " ").map { Piece(String($0)) }
    return line + wrapped(words, from: column, indent: indent, leadingBlank: false) + "\n"
  }

  private func paragraph(_ options: [Piece]) -> String {
    let start = "Usage: \(name)"
    let pieces = options + (arguments.isEmpty ? [] : [Piece(arguments, isUnbreakable: true)])
    let indent = String(repeating: " ", count: Self.usageIndent)
    return start + Self.wrapped(pieces, from: start.count, indent: indent, leadingBlank: true) + "\n"
  }

  private static func continuation(_ pieces: [Piece]) -> String {
    let indent = String(repeating: " ", count: usageIndent)
    return indent + wrapped(pieces, from: indent.count, indent: indent, leadingBlank: false) + "\n"
  }

  /// The alternatives to the operation's own options and arguments, as argp writes them: `  or:  proxy status …`.
  private func alternatives(_ text: (UsageText) -> String) -> String {
    subwords.map { word in
      let name = "\(name) \(word.name)"
      let usage = if let command = word.command { Self.of(command, name: name) } else { Self.ofWords(name: name) }
      return "  or:  " + text(usage).dropFirst("Usage: ".count)
    }.joined()
  }

  private static func of(_ command: some Command, name: String) -> Self {
    let syntax = command.syntax
    return Self(
      name: name, options: syntax.options.map(\.declaration), common: syntax.common, arguments: syntax.arguments)
  }

  private static func ofWords(name: String) -> Self { of(WordsHelp(), name: name) }

  /// A word of a paragraph.
  ///
  /// An unbreakable one may contain blanks.
  private struct Piece {
    var text: String
    var isUnbreakable = false

    init(_ text: String, isUnbreakable: Bool = false) {
      self.text = text
      self.isUnbreakable = isUnbreakable
    }
  }

  /// Fills lines with the pieces.
  ///
  /// A piece may reach the right margin itself only if an ordinary one follows, because argp breaks at the blank after
  /// it.
  private static func wrapped(_ pieces: [Piece], from start: Int, indent: String, leadingBlank: Bool) -> String {
    var text = ""
    var column = start
    for (index, piece) in pieces.enumerated() {
      let needsBlank = leadingBlank || index > 0
      let followed = index + 1 < pieces.count && !pieces[index + 1].isUnbreakable && !piece.isUnbreakable
      let end = column + (needsBlank ? 1 : 0) + piece.text.count
      if end > rightMargin - (followed ? 0 : 1), needsBlank {
        text += "\n" + indent + piece.text
        column = indent.count + piece.text.count
      } else {
        text += (needsBlank ? " " : "") + piece.text
        column = end
      }
    }
    return text
  }
}
