import JoolCore

/// Answers requests for completion candidates from the scripts in `completions/`: `complete WORD...`.
///
/// The WORDs are those after the program's name; the last one is unfinished and may be empty. The answer has one
/// candidate per line, followed by a tab and an explanation if there is one. The line `:files` stands for the names of
/// files; they follow the `=` if the word is `--NAME=…`.
/// Unlike `autocomplete`, whose answers must not change because older scripts depend on them, it completes values,
/// options before the mode and the names of instances.
struct ShellCompletion {
  var tree: WordTree
  /// The names of the instances; empty if the module cannot be asked.
  var instanceNames: () -> [String]

  /// A candidate for completion.
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

  /// The candidates for the word after complete words.
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

  /// The long names of the options, or the values of one option if `--name=` was typed.
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

  /// The values of the option that the complete words end with, if the error is that its value is missing.
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
  /// The names of all instances of the translator type, from the module.
  ///
  /// Empty if the module cannot be asked.
  func knownInstanceNames() -> [String] {
    var names: Set<String> = []
    guard var client = try? client(instance: InstanceName.default.description) else { return [] }
    try? client.ask { (client) throws(JoolError) in
      try client.forEachInstance { page in names.formUnion(page.map(\.name.description)) }
    }
    return names.sorted()
  }
}
