import JoolCore

/// The meaning of an option in the command line of Jool 3.5 and before.
enum LegacyMeaning: Hashable, Sendable {
  case mode(LegacyMode)
  /// Chooses the mode that reads a configuration file. The option's value names the file.
  case file
  case operation(LegacyOperation)
  case proto(L4Protocol)
  case modifier(LegacyModifier)
  /// Changes a variable.
  case global(LegacyGlobalFlag)
  /// Has no equivalent in today's modules.
  case removed(LegacyRemoval)
  case help, usage, version
}

/// The options of one of the 3.5 programs, with their letters.
struct LegacyOptions: Sendable {
  private(set) var declarations: [OptionDeclaration] = []
  private(set) var meanings: [LegacyMeaning] = []
  let translator: TranslatorType
  /// The names of today's modes.
  private let modes: [String]

  init(translator: TranslatorType) {
    self.translator = translator
    modes = WordTree.listedNames(CommandTable.words(of: translator).words)
    addModes(of: translator)
    addOperations(of: translator)
    addModifiers()
    for flag in LegacyGlobalFlag.all(of: translator) {
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

  /// Whether a word that today's parser rejected is an option of 3.5.
  ///
  /// It is not if one of today's modes follows: then it is an option that the user placed before the mode instead of
  /// after it.
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
    for grammar in LegacyGrammar.modes(of: translator) {
      let isFile = grammar.mode == .file
      add(
        grammar.mode.option, isFile ? .file : .mode(grammar.mode), letter: grammar.letter, value: isFile ? "FILE" : nil)
    }
    add("general", .mode(.global))
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
