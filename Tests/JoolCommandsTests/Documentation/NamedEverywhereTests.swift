import Testing

@testable import JoolCommands
@testable import JoolCore

/// Tests that the parser, `--help`, `--usage`, completion and the manual name the same options and words.
@Suite struct NamedEverywhereTests {
  /// The names that one of these five sources gives for one place of the command line.
  struct Names: Equatable {
    var options: Set<String> = []
    var letters: Set<Character> = []
    var words: Set<String> = []
  }

  /// The options for debugging that GNU argp adds to every program.
  ///
  /// Only the manual names them, once.
  private static let argp: Set = ["program-name", "HANG"]

  @Test(arguments: ["jool", "jool_siit"]) func agreesOnEveryOperation(program: String) throws {
    let manual = try Self.manual(program)
    for word in Self.tree(program).words { try check(word, [program], manual) }
  }

  @Test(arguments: ["jool", "jool_siit"]) func agreesOnTheOptionsBeforeTheMode(program: String) throws {
    var expected = Names(words: Set(Self.tree(program).words.map(\.name)))
    for option in RootOptions.declarations {
      expected.options.insert(option.name)
      expected.letters.formUnion([option.letter, option.secondLetter].compactMap { $0 })
      #expect(!TestBench().run([program, "--\(option.name)=x"]).error.contains("unrecognized"), "\(option.name)")
    }
    for question in ["--help", "--usage"] {
      let text = TestBench().run([program, question]).output
      let lines = text.split(separator: "\n").filter { !$0.hasPrefix("(Example") && !$0.contains("3.5") }
      let words = lines.compactMap { $0.firstMatch(of: #/^- (\w+) -> /#).map { String($0.1) } }
      let letters = lines.flatMap { " \($0)".matches(of: #/[ |(\[]-([?A-Za-z])(?![\w-])/#).compactMap(\.1.first) }
      let options = lines.flatMap { $0.matches(of: #/--(\w+)/#).map { String($0.1) } }
      #expect(Names(options: Set(options), letters: Set(letters), words: Set(words)) == expected, "\(question)")
      #expect(question == "--usage" || text.contains("Jool 3.5"))
    }
    #expect(Self.offered([program], "--").options == expected.options)
    #expect(Self.offered([program], "").words == expected.words)
    let section = try #require(try Self.page("jool.8").first { $0.hasPrefix(".SH OPTIONS\n") })
    expected.words = []
    #expect(Self.listed(section) == expected)
    for page in CommandPages.all() {
      let text = try Self.page(page.name.file).joined()
      #expect(Self.argp.filter { !text.contains("--\($0)") } == [], "\(page.name.file)")
    }
  }

  @Test(arguments: ["jool", "jool_siit"]) func listsTheOptionsOfJool35InTheManual(program: String) throws {
    let section = try #require(try Self.page("jool.8").first { $0.hasPrefix(".SH OPTIONS OF JOOL 3.5") })
    let options = LegacyOptions(translator: Program(name: program).translator).declarations
    #expect(options.map(\.name).filter { !section.contains("--\($0)") } == [])
  }

  private func check(_ word: Word, _ path: [String], _ manual: [String: Names]) throws {
    let path = path + [word.name]
    let place = path.dropFirst().joined(separator: " ")
    if case .completion = word.meaning {
      #expect(manual[place] != nil, "\(place)")
      return
    }
    var expected = Names(words: Set(word.words.map(\.name)))
    let command: any Command = word.command ?? WordsHelp()
    let declarations = Self.declarations(command)
    for option in declarations where !option.isHidden {
      expected.options.insert(option.name)
      expected.letters.formUnion([option.letter, option.secondLetter].compactMap { $0 })
      if word.command != nil {
        let outcome = TestBench().run(path + ["--\(option.name)" + (option.value == .none ? "" : "=x"), "--help"])
        #expect(!outcome.error.contains("option '"), "\(path) \(option.name): \(outcome.error)")
      }
    }
    #expect(Self.helped(path) == expected, "\(place) --help")
    #expect(Self.used(path) == expected, "\(place) --usage")
    #expect(Self.offered(path, "--").options == expected.options, "complete \(place)")
    #expect(Self.offered(path, "").words.isSuperset(of: expected.words), "complete \(place)")
    if word.command != nil {
      // All keys of `global update` share a section of the manual.
      let isKey = command is GlobalUpdate
      let heading = isKey ? "global update" : place
      var listed = try #require(manual[heading], "the manual has no section of \(heading)")
      if isKey { #expect(listed.words.contains(word.name), "\(place)") }
      // The manual states once that every operation has these options.
      listed.options.formUnion(["help", "usage", "version"])
      listed.letters.formUnion(["?", "V"])
      listed.words = expected.words
      #expect(listed == expected, "\(place) in the manual")
    }
    for next in word.words { try check(next, path, manual) }
  }

  private static func declarations(_ command: some Command) -> [OptionDeclaration] { command.syntax.declarations }

  private static func tree(_ program: String) -> WordTree {
    CommandTable.words(of: Program(name: program).translator)
  }

  private static func helped(_ path: [String]) -> Names {
    let text = TestBench().run(path + ["--help"]).output
    var names = Names(words: alternatives(in: text))
    for line in text.split(separator: "\n") {
      guard let match = line.firstMatch(of: #/^ {2}(?:-(.), | {4})--([\w.\-]+)/#) else { continue }
      names.options.insert(String(match.2))
      if let letter = match.1?.first { names.letters.insert(letter) }
    }
    return names
  }

  private static func used(_ path: [String]) -> Names {
    let text = TestBench().run(path + ["--usage"]).output
    var names = Names(words: alternatives(in: text))
    let own = text[..<(text.firstRange(of: "\n  or:  ")?.lowerBound ?? text.endIndex)]
    for match in own.matches(of: #/\[--([\w.\-]+)/#) { names.options.insert(String(match.1)) }
    for match in own.matches(of: #/\[-([?\w]+)[\] ]/#) { names.letters.formUnion(match.1) }
    return names
  }

  /// The words of lines such as `  or:  proxy status [OPTION...]`.
  private static func alternatives(in text: String) -> Set<String> {
    let lines = text.split(separator: "\n")
    return Set(lines.compactMap { $0.firstMatch(of: #/^  or:  .*?([\w.\-]+)(?= \[|$)/#) }.map { String($0.1) })
  }

  private static func offered(_ path: [String], _ partial: String) -> Names {
    let lines = TestBench().run([path[0], "complete"] + path.dropFirst() + [partial]).output.split(separator: "\n")
    let candidates = lines.map { $0.prefix { $0 != "\t" } }
    return Names(
      options: Set(candidates.filter { $0.hasPrefix("--") }.map { String($0.dropFirst(2)) }),
      words: Set(candidates.map(String.init)))
  }

  /// The sections of a page in `docs/man`, without escapes.
  private static func page(_ file: String) throws -> [Substring] {
    let path = "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/") + "/docs/man/" + file
    return String(decoding: try FileReader.bytes(of: path), as: UTF8.self).replacing(/\\f[BIR]/, with: "")
      .replacing("\\-", with: "-").replacing("\n.S", with: "\n§.S").split(separator: "§")
  }

  /// The sections of a program's operations in all pages, by their words.
  private static func manual(_ program: String) throws -> [String: Names] {
    var manual: [String: Names] = [:]
    for page in CommandPages.all() {
      for section in try Self.page(page.name.file) where section.hasPrefix(".SS ") {
        let heading = section.dropFirst(4).prefix { $0 != "\n" }
        let words = heading.split(separator: " ").prefix { $0.wholeMatch(of: #/[a-z0-9]+/#) != nil }
        var names = listed(section)
        if let keys = section.firstMatch(of: try Regex("Keys of \(program): (.*)\\.", as: (Substring, Substring).self))
        {
          names.words = Set(keys.1.split(separator: ", ").map(String.init))
        }
        let place = words.joined(separator: " ")
        // An operation with a page of its own is only mentioned on the page of its mode.
        if manual[place]?.options.isEmpty ?? true { manual[place] = names }
      }
    }
    return manual
  }

  private static func listed(_ section: Substring) -> Names {
    var names = Names()
    for line in section.split(separator: "\n") where line.hasPrefix(".B ") {
      for match in line.matches(of: #/--([\w.\-]+)/#) { names.options.insert(String(match.1)) }
      for match in line.matches(of: #/-([?\w]), /#) { names.letters.formUnion(match.1) }
    }
    return names
  }
}
