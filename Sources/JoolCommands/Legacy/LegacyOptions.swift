import JoolCore

/// What an option of the command line of Jool 3.5 and before means.
enum LegacyMeaning: Hashable, Sendable {
  case mode(LegacyMode)
  /// The mode that reads a configuration file; the option's value names it.
  case file
  case operation(LegacyOperation)
  case proto(L4Protocol)
  case modifier(LegacyModifier)
  /// Changes a variable.
  case global(LegacyGlobalFlag)
  /// Nothing of today's modules corresponds to it.
  case removed(LegacyRemoval)
  case help, usage, version
}

/// What a 3.5 command line is about; `global` if it does not say.
enum LegacyMode: String, Hashable, Sendable {
  case global, session, bib, pool4, pool6, eamt, denylist4, joold, file
}

/// What it does; `display` or `update` if it does not say.
enum LegacyOperation: String, Hashable, Sendable {
  case display, count, add, remove, flush, update, advertise
}

/// Options that change how it is done.
enum LegacyModifier: String, Hashable, Sendable {
  case numeric, csv, noHeaders, force, quick, mark, maxIterations
}

/// The options of one of the 3.5 programs, with their abbreviations and letters.
struct LegacyOptions: Sendable {
  private(set) var declarations: [OptionDeclaration] = []
  private(set) var meanings: [LegacyMeaning] = []
  /// Today's modes.
  private let modes: [String]

  init(translator: TranslatorType) {
    modes = WordTree.visibleNames(CommandTable.words(of: translator).words)
    addModes(of: translator)
    addOperations(of: translator)
    addModifiers()
    for flag in LegacyGlobalFlag.all where flag.key.exists(in: translator) {
      add(flag.name, .global(flag), value: flag.takesValue ? "VALUE" : nil)
    }
    for removal in LegacyRemoval.all where removal.onlyIn == nil || removal.onlyIn == translator {
      declarations.append(OptionDeclaration(name: removal.name, value: .optional("VALUE")))
      meanings.append(.removed(removal))
    }
    add("help", .help, letter: "?")
    add("usage", .usage)
    add("version", .version, letter: "V")
  }

  /// Whether the word that today's parser does not know is one of 3.5's. It is not if one of today's modes follows: then
  /// an option stands before the mode that belongs behind it.
  func knows(_ error: OptionError, followedBy words: ArraySlice<String>) -> Bool {
    guard !words.contains(where: modes.contains) else { return false }
    return switch error {
    case .invalidLetter(let letter): declarations.contains { $0.letter == letter }
    case .unrecognized(let text):
      text.first != "=" && declarations.contains { $0.name.hasPrefix(text.prefix { $0 != "=" }) }
    default: false
    }
  }

  private mutating func add(
    _ name: String, _ meaning: LegacyMeaning, letter: Character? = nil, value: String? = nil
  ) {
    declarations.append(
      OptionDeclaration(name: name, letter: letter, value: value.map { .required($0) } ?? .none))
    meanings.append(meaning)
  }

  private mutating func addModes(of translator: TranslatorType) {
    add("global", .mode(.global), letter: "g")
    add("general", .mode(.global))
    add("pool6", .mode(.pool6), letter: "6")
    add("file", .file, letter: "p", value: "FILE")
    switch translator {
    case .nat64:
      add("session", .mode(.session), letter: "s")
      add("bib", .mode(.bib), letter: "b")
      add("pool4", .mode(.pool4), letter: "4")
      add("joold", .mode(.joold))
    case .siit:
      add("eamt", .mode(.eamt), letter: "e")
      add("blacklist", .mode(.denylist4))
    }
  }

  private mutating func addOperations(of translator: TranslatorType) {
    add("display", .operation(.display), letter: "d")
    add("count", .operation(.count), letter: "c")
    add("add", .operation(.add), letter: "a")
    add("remove", .operation(.remove), letter: "r")
    add("flush", .operation(.flush), letter: "f")
    add("update", .operation(.update))
    guard translator == .nat64 else { return }
    add("advertise", .operation(.advertise))
    add("tcp", .proto(.tcp), letter: "t")
    add("udp", .proto(.udp), letter: "u")
    add("icmp", .proto(.icmp), letter: "i")
  }

  private mutating func addModifiers() {
    add("numeric", .modifier(.numeric), letter: "n")
    add("csv", .modifier(.csv))
    add("no-headers", .modifier(.noHeaders))
    add("force", .modifier(.force))
    add("quick", .modifier(.quick), letter: "q")
    add("mark", .modifier(.mark), letter: "m", value: "NUM")
    add("max-iterations", .modifier(.maxIterations), value: "NUM")
  }
}
