/// Splits a command line into options and positional arguments by the rules of GNU `getopt_long`.
///
/// Long options may be abbreviated to any unambiguous prefix and take their value after `=` or from the next word;
/// letters may be clustered (`-ae`) and take their value attached (`-ix`) or from the next word; `--` ends the options.
/// Items are returned one at a time, so that the caller acts on them before an error in a later word is found.
struct OptionScanner {
  /// The position at which options are allowed.
  enum Order: Sendable {
    /// Anywhere. All options are delivered first, then all positional arguments.
    case anywhere
    /// Only before the first positional argument.
    case beforeArguments
  }

  /// An option or a positional argument.
  enum Item: Hashable, Sendable {
    /// The option at this index of the declarations, and its value.
    case option(Int, value: String?)
    case argument(String)
  }

  private let words: [String]
  private let declarations: [OptionDeclaration]
  private let order: Order
  private var position = 0
  /// The letters of the current word that were not processed yet.
  private var cluster: Substring = ""
  private var arguments: [String] = []
  private var nextArgument = 0
  private var optionsEnded = false

  init(_ words: some Sequence<String>, declarations: [OptionDeclaration], order: Order = .anywhere) {
    self.words = Array(words)
    self.declarations = declarations
    self.order = order
  }

  /// The words that were not consumed yet.
  var remainingWords: ArraySlice<String> { words[position...] }

  /// The next option or positional argument, or `nil` at the end.
  ///
  /// - Throws: `OptionError` for the first word that is neither.
  mutating func next() throws(OptionError) -> Item? {
    if let option = try nextOption() { return option }
    if order == .anywhere, nextArgument < arguments.count {
      defer { nextArgument += 1 }
      return .argument(arguments[nextArgument])
    }
    guard position < words.count else { return nil }
    defer { position += 1 }
    return .argument(words[position])
  }

  /// The next option, or `nil` if there are only positional arguments left.
  mutating func nextOption() throws(OptionError) -> Item? {
    if !cluster.isEmpty { return try letterOption() }
    while !optionsEnded, position < words.count {
      let word = words[position]
      if word == "--" {
        position += 1
        optionsEnded = true
      } else if word.hasPrefix("--") {
        position += 1
        return try longOption(word.dropFirst(2))
      } else if word.hasPrefix("-"), word != "-" {
        position += 1
        cluster = word.dropFirst()
        return try letterOption()
      } else if order == .beforeArguments {
        optionsEnded = true
      } else {
        position += 1
        arguments.append(word)
      }
    }
    return nil
  }

  private mutating func longOption(_ text: Substring) throws(OptionError) -> Item {
    let name = text.prefix { $0 != "=" }
    let attached = name.endIndex < text.endIndex ? String(text[text.index(after: name.endIndex)...]) : nil
    let index = try indexOfOption(named: name, text: text)
    let declaration = declarations[index]
    switch declaration.value {
    case .none:
      guard attached == nil else { throw .allowsNoValue(declaration.name) }
      return .option(index, value: nil)
    case .optional:
      return .option(index, value: attached)
    case .required:
      guard let value = attached ?? takeWord() else { throw .requiresValue(declaration.name) }
      return .option(index, value: value)
    }
  }

  private func indexOfOption(named name: Substring, text: Substring) throws(OptionError) -> Int {
    if let exact = declarations.firstIndex(where: { $0.name == name }) { return exact }
    let candidates = declarations.indices.filter {
      declarations[$0].name.hasPrefix(name) && !declarations[$0].requiresFullName
    }
    switch candidates.count {
    case 0: throw .unrecognized(String(text))
    case 1: return candidates[0]
    default: throw .ambiguous(String(text), possibilities: candidates.map { declarations[$0].name })
    }
  }

  private mutating func letterOption() throws(OptionError) -> Item {
    let letter = cluster.removeFirst()
    guard let index = declarations.firstIndex(where: { $0.letter == letter || $0.secondLetter == letter }) else {
      throw .invalidLetter(letter)
    }
    guard case .required = declarations[index].value else { return .option(index, value: nil) }
    let attached = cluster.isEmpty ? nil : String(cluster)
    cluster = ""
    guard let value = attached ?? takeWord() else { throw .letterRequiresValue(letter) }
    return .option(index, value: value)
  }

  private mutating func takeWord() -> String? {
    guard position < words.count else { return nil }
    defer { position += 1 }
    return words[position]
  }
}
