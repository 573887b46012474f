import JoolCore

/// Answers what could come next, for the scripts in `completions/`: `complete WORD...`.
///
/// WORDs are what was typed after the program's name; the last one is unfinished and may be empty. The answer is one
/// candidate per line, with an explanation after a tab if there is one. The line `:files` stands for names of files, after the `=` if the
/// word is `--NAME=…`.
/// Unlike `autocomplete`, whose answers are a contract with older scripts, it knows values, options before the mode and
/// the names of instances.
struct ShellCompletion {
  var tree: WordTree
  /// The names of the instances, as far as they can be known.
  var instanceNames: () -> [String]

  /// Something to offer.
  struct Candidate: Hashable {
    var text: String
    var explanation = ""

    static let files = Candidate(text: ":files")

    var line: String { explanation.isEmpty ? text : "\(text)\t\(explanation)" }
  }

  /// The candidates that begin with the unfinished word.
  func candidates(for words: ArraySlice<String>) -> [Candidate] {
    let partial = words.last ?? ""
    var scanner = OptionScanner(
      words.dropLast(), declarations: RootOptions.declarations, order: .beforeArguments)
    do throws(OptionError) {
      while try scanner.nextOption() != nil {}
    } catch {
      return values(after: error, of: RootOptions.declarations).fitting(partial)
    }
    let rest = scanner.remainingWords
    guard !rest.isEmpty || !partial.hasPrefix("-") else {
      return options(RootOptions.declarations, partial)
    }
    return following(rest, partial: partial).fitting(partial)
  }

  /// What may follow complete words.
  private func following(_ words: ArraySlice<String>, partial: String) -> [Candidate] {
    switch tree.place(after: words) {
    case .words where partial.hasPrefix("-"): options(WordsHelp().syntax.declarations, partial)
    case .words(let words): words.map(\.candidate)
    case .arguments(let command, let words, let subwords):
      (partial.hasPrefix("-") ? [] : subwords.map(\.candidate)) + arguments(of: command, after: words, partial: partial)
    case nil: []
    }
  }

  private func arguments(
    of command: some Command, after words: ArraySlice<String>, partial: String
  ) -> [Candidate] {
    let syntax = command.syntax
    let declarations = syntax.declarations
    var scanner = OptionScanner(words, declarations: declarations)
    do throws(OptionError) {
      while try scanner.next() != nil {}
    } catch {
      return values(after: error, of: declarations)
    }
    if partial.hasPrefix("-") {
      return options(declarations, partial)
    }
    guard case .options(let suggestions) = syntax.completion else { return values(syntax.argumentKind) }
    return values(syntax.argumentKind, suggestions: suggestions)
  }

  /// Options by their long names; or the values of one, if `--name=` was typed.
  private func options(_ declarations: [OptionDeclaration], _ partial: String) -> [Candidate] {
    if let end = partial.firstIndex(of: "="), partial.hasPrefix("--") {
      let name = partial[..<end].dropFirst(2)
      guard let option = declarations.first(where: { $0.name == name }) else { return [] }
      return values(option.valueKind, suggestions: option.suggestions).map {
        $0 == .files ? $0 : Candidate(text: "--\(name)=\($0.text)")
      }.fitting(partial)
    }
    return declarations.filter { !$0.isHidden }
      .map { Candidate(text: "--" + $0.name, explanation: $0.explanation) }.fitting(partial)
  }

  /// The values of the option that the complete words end with, if that is what is missing.
  private func values(after error: OptionError, of declarations: [OptionDeclaration]) -> [Candidate] {
    let option =
      switch error {
      case .requiresValue(let name): declarations.first { $0.name == name }
      case .letterRequiresValue(let letter): declarations.first { $0.letter == letter }
      default: OptionDeclaration?.none
      }
    return option.map { values($0.valueKind, suggestions: $0.suggestions) } ?? []
  }

  private func values(_ kind: ValueKind, suggestions: [String] = []) -> [Candidate] {
    switch kind {
    case .file: [.files]
    case .instance: instanceNames().map { Candidate(text: $0) }
    case .other: suggestions.map { Candidate(text: $0) }
    }
  }
}

extension Word {
  fileprivate var candidate: ShellCompletion.Candidate { .init(text: name, explanation: explanation) }
}

extension [ShellCompletion.Candidate] {
  fileprivate func fitting(_ partial: String) -> [Element] {
    filter { $0 == .files || $0.text.hasPrefix(partial) }
  }
}

extension CommandContext {
  /// The names of all instances of the translator type. Without a module there are none.
  func knownInstanceNames() -> [String] {
    var names: Set<String> = []
    guard var client = try? client(instance: InstanceName.default.description) else { return [] }
    try? client.ask { (client) throws(JoolError) in
      try client.forEachInstance { page in names.formUnion(page.map(\.name)) }
    }
    return names.sorted()
  }
}
