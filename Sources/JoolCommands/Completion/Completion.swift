/// Answers a shell's request for completion candidates, in the C client's form: `autocomplete INDEX WORD...`.
///
/// INDEX is the position of the word to complete; the program's name is at 0. The WORDs are those after the program's
/// name. Candidates are separated by blanks; the shell selects those that match.
struct Completion {
  var tree: WordTree

  /// The candidates for a request, given as INDEX and WORDs.
  ///
  /// Empty if the request is invalid.
  func answer(to question: ArraySlice<String>) -> String {
    guard let position = question.first else { return "" }
    var words = question.dropFirst()
    let expected = max(Int(position) ?? 0, Int(position) == nil || position == "0" ? 1 : 0) - 1
    guard expected >= 0 else { return "" }
    if words.count == expected { words.append("") }
    guard words.count == expected + 1 else { return "" }
    return candidates(for: Self.withoutRootOptions(words))
  }

  /// The words from the mode on.
  ///
  /// The last word, which is unfinished, is always kept.
  private static func withoutRootOptions(_ words: ArraySlice<String>) -> ArraySlice<String> {
    var scanner = OptionScanner(
      words.dropLast(), declarations: RootOptions.declarations, order: .beforeArguments)
    while (try? scanner.nextOption()) != nil {}
    return scanner.remainingWords + words.suffix(1)
  }

  private func candidates(for words: ArraySlice<String>) -> String {
    switch tree.place(after: words.dropLast()) {
    case .words(let level):
      let prefix = words.last ?? ""
      if let exact = level.first(where: { $0.requiresFullName && $0.name == prefix }) { return exact.name + " " }
      return WordTree.listedNames(level).filter { $0.hasPrefix(prefix) }.map { $0 + " " }.joined()
    case .arguments(let command, _, let words): return Self.arguments(of: command, words: words)
    case nil: return ""
    }
  }

  /// All options and suggestions of the operation, whatever was typed already.
  private static func arguments(of command: some Command, words: [Word]) -> String {
    let syntax = command.syntax
    guard case .options(let suggestions) = syntax.completion else { return "" }
    let own = syntax.options.map(\.declaration).filter { !$0.isHidden }.flatMap { ["--" + $0.name] + $0.suggestions }
    return (words.map(\.name) + suggestions + own + ["--help", "--usage", "--version"]).joined(separator: " ")
  }
}
