@testable import JoolCommands
@testable import JoolCore

/// The pages of the modes, from the tables that drive parsing and help.
///
/// Each word that begins a command line has a page, and so has each operation that other operations may follow.
enum CommandPages {
  /// A word in the tree of one of the programs.
  struct Place {
    var program: String
    var word: Word
  }

  static let programs: [(String, TranslatorType)] = [("jool", .nat64), ("jool_siit", .siit)]

  static func all() -> [ManualPage] {
    let places = programs.flatMap { program, translator in
      CommandTable.words(of: translator).words.map { Place(program: program, word: $0) }
    }
    return names(of: places).flatMap { name in pages([name], places.filter { $0.word.name == name }, parent: nil) }
  }

  /// The page of a word, and those of the words below it that have one.
  private static func pages(_ path: [String], _ places: [Place], parent: PageName?) -> [ManualPage] {
    let name = PageName((["jool"] + path).joined(separator: "-"), 8)
    let below = descendants(path, places).filter { hasPage($0.places) }
    var page = ManualPage(name: name, summary: summary(places))
    let isOperation = places[0].word.command != nil || places[0].word.words.isEmpty
    page.synopsis = places.map { place in
      let words = path.map { "\\fB\($0)\\fR" }.joined(separator: " ")
      return synopsis(place.program, isOperation ? words : words + " \\fIOPERATION\\fR")
    }.joined(separator: ".br\n")
    let operations = operations(path, places, isRoot: true)
    page.sections =
      ".SH \(isOperation ? "OPTIONS" : "OPERATIONS")\n\(operations).PP\n"
      + "Every operation also has \(list(of: OptionDeclaration.common.filter { !$0.isHidden })),\n"
      + "and, as programs with GNU argp do, \(list(of: OptionDeclaration.common.filter(\.isHidden))).\n"
      + "\(PageName("jool", 8).reference) describes the options before the mode, and the exit status.\n"
    page.related = [PageName("jool", 8), parent].compactMap { $0 }
    page.related += below.map { PageName((["jool"] + $0.path).joined(separator: "-"), 8) }
    if path == ["session", "proxy"] { page.related.append(ProxyFilePage.page.name) }
    return [page] + below.flatMap { pages($0.path, $0.places, parent: name) }
  }

  /// The words below a place, but not those below a page of its own.
  private static func descendants(_ path: [String], _ places: [Place]) -> [(path: [String], places: [Place])] {
    let next = places.flatMap { place in place.word.words.map { Place(program: place.program, word: $0) } }
    return names(of: next).flatMap { name in
      let found = next.filter { $0.word.name == name }
      return [(path + [name], found)] + (hasPage(found) ? [] : descendants(path + [name], found))
    }
  }

  private static func hasPage(_ places: [Place]) -> Bool {
    places.contains { $0.word.command != nil && !$0.word.words.isEmpty }
  }

  private static func names(of places: [Place]) -> [String] {
    var seen: Set<String> = []
    return places.map(\.word.name).filter { seen.insert($0).inserted }
  }

  private static func summary(_ places: [Place]) -> String {
    let word = places[0].word
    return word.explanation.isEmpty ? word.words.map(\.name).joined(separator: ", ") : word.explanation
  }

  /// The sections of a word and of the words below it.
  ///
  /// What both programs have alike is described once.
  private static func operations(_ path: [String], _ places: [Place], isRoot: Bool = false) -> String {
    let title = path.joined(separator: " ")
    if !isRoot, hasPage(places) {
      let page = PageName((["jool"] + path).joined(separator: "-"), 8)
      return section(title, text: Roff.sentence(summary(places)) + "See \(page.reference).\n")
    }
    if let key = places[0].word.words.first?.command as? GlobalUpdate {
      let keys = places.map { place in
        "Keys of \(place.program): \(Roff.plain(place.word.words.map(\.name).joined(separator: ", "))).\n"
      }
      return section(
        title + " KEY VALUE",
        text: Roff.sentence(summary(places)) + "\(ConfigurationPage.page.name.reference) explains each key.\n.PP\n"
          + keys.joined(separator: ".PP\n") + key.syntax.options.map { option($0.declaration) }.joined())
    }
    var own: [String] = []
    for place in places {
      if case .completion = place.word.meaning {
        own.append(section(title, text: Roff.sentence(place.word.explanation)))
      } else if let command = place.word.command {
        own.append(entry(title, command, place.word.explanation))
      }
    }
    own = own.enumerated().filter { own.firstIndex(of: $0.element) == $0.offset }.map(\.element)
    let next = places.flatMap { place in place.word.words.map { Place(program: place.program, word: $0) } }
    return own.joined()
      + names(of: next).map { name in operations(path + [name], next.filter { $0.word.name == name }) }.joined()
  }

  private static func entry(_ title: String, _ command: some Command, _ explanation: String) -> String {
    let syntax = command.syntax
    return section(
      title + (syntax.arguments.isEmpty ? "" : " " + syntax.arguments),
      text: Roff.sentence(explanation) + syntax.options.map(\.declaration).filter { !$0.isHidden }.map(option).joined())
  }

  private static func section(_ title: String, text: String) -> String { ".SS \(Roff.plain(title))\n\(text)" }

  static func synopsis(_ program: String, _ words: String) -> String {
    ".B \(Roff.plain(program))\n.RI [ OPTION ...]\n\(words)\n.RI [ ARGUMENT ...]\n"
  }

  static func option(_ option: OptionDeclaration) -> String {
    Roff.item(name(of: option), Roff.sentence(option.explanation))
  }

  /// For example `-f, --file FILE`, as roff.
  static func name(of option: OptionDeclaration) -> String {
    let letters = [option.letter, option.secondLetter].compactMap { $0 }.map { "-\($0)" }
    let names = Roff.plain((letters + ["--\(option.name)"]).joined(separator: ", "))
    return switch option.value {
    case .none: names
    case .required(let placeholder): "\(names) \\fI\(Roff.plain(placeholder))\\fR"
    case .optional(let placeholder): "\(names)[=\\fI\(Roff.plain(placeholder))\\fR]"
    }
  }

  private static func list(of options: [OptionDeclaration]) -> String {
    options.map { "\\fB\(name(of: $0))\\fR" }.joined(separator: ", ")
  }
}
