/// A word of the command line, such as `pool4` or `display`, and the words or arguments that may follow it.
struct Word: Sendable {
  /// The part of the command line that follows the word.
  enum Meaning: Sendable {
    /// More words.
    case words([Word])
    /// The words are complete; options and positional arguments follow, or one of these words.
    case operation(@Sendable () -> any Command, words: [Word])
    /// A completion request, which reads its arguments itself.
    case completion(CompletionProtocol)
  }

  var name: String
  /// Whether the word cannot be abbreviated and is not listed by messages and `autocomplete`.
  ///
  /// True for words that the C client lacks or hides.
  var requiresFullName = false
  var meaning: Meaning
  /// The warning that is printed on standard error before the arguments are parsed.
  var notice: Notice?
  /// One line for help, completion and the manual; empty if the name is clear enough.
  var explanation = ""

  /// A warning about the use of a word.
  enum Notice: Sendable {
    /// The word has a new name.
    case deprecated(String, replacement: String)
    /// The operation ignores `-i` and `-f`.
    case ignoresInstanceName(operation: String)
  }

  /// A word followed by other words.
  static func group(
    _ name: String, requiresFullName: Bool = false, _ words: [Word], notice: Notice? = nil, explanation: String = ""
  ) -> Word {
    Word(
      name: name, requiresFullName: requiresFullName, meaning: .words(words), notice: notice, explanation: explanation)
  }

  /// A word that completes an operation.
  /// - `words`: other operations, whose full names may follow instead of arguments.
  static func operation(
    _ name: String, requiresFullName: Bool = false, notice: Notice? = nil, explanation: String = "", words: [Word] = [],
    _ command: @escaping @Sendable () -> any Command
  ) -> Word {
    Word(
      name: name, requiresFullName: requiresFullName, meaning: .operation(command, words: words), notice: notice,
      explanation: explanation)
  }

  /// The words that may follow this one.
  var words: [Word] {
    switch meaning {
    case .words(let words), .operation(_, let words): words
    case .completion: []
    }
  }

  /// The operation of the word; `nil` if another word must follow.
  var command: (any Command)? {
    if case .operation(let command, _) = meaning { command() } else { nil }
  }
}

/// The form of a shell's request for completion candidates.
enum CompletionProtocol: Hashable, Sendable {
  /// The C client's form: `autocomplete INDEX WORD...`.
  case autocomplete
  /// The form of the scripts in `completions/`: `complete WORD...`.
  case complete
}

/// The reason why the words do not name an operation.
///
/// The lists hold the words that the C client would list.
enum WordError: Error, Hashable, Sendable {
  case unexpected(String, available: [String])
  case ambiguous(String, available: [String])
  case incomplete(followUps: [String])
}

/// An operation found by its words.
struct ResolvedOperation {
  /// The full words, from the mode on.
  var path: [Word]
  /// The last word as it was typed; error messages start with it.
  var typedName: String
  /// The words after it.
  var arguments: ArraySlice<String>

  /// The last of the full words.
  var word: Word { path[path.count - 1] }
}

/// The words that a program understands, and how they may be abbreviated.
struct WordTree: Sendable {
  var words: [Word]

  /// Follows the words from the root to an operation, or to a word whose help is requested.
  func resolve(_ typed: ArraySlice<String>) throws(WordError) -> ResolvedOperation {
    var level = words
    var path: [Word] = []
    for index in typed.indices {
      let text = typed[index]
      path.append(try Self.find(text, in: level))
      let rest = typed[(index + 1)...]
      if case .words(let next) = path[path.count - 1].meaning, rest.first.map(WordsHelp.questions.contains) != true {
        level = next
      } else if let name = rest.first, let word = Self.subword(name, of: path[path.count - 1]) {
        return ResolvedOperation(path: path + [word], typedName: name, arguments: rest.dropFirst())
      } else {
        return ResolvedOperation(path: path, typedName: text, arguments: rest)
      }
    }
    throw .incomplete(followUps: Self.listedNames(level))
  }

  /// The word of this name, or the only one that begins with the text.
  ///
  /// Some words need their full name.
  static func find(_ text: String, in level: [Word]) throws(WordError) -> Word {
    if let exact = level.first(where: { $0.name == text }) { return exact }
    let candidates = level.filter { !$0.requiresFullName && $0.name.hasPrefix(text) }
    switch candidates.count {
    case 0: throw .unexpected(text, available: listedNames(level))
    case 1: return candidates[0]
    default: throw .ambiguous(text, available: candidates.map(\.name))
    }
  }

  /// The part of the command line that follows complete words.
  enum Place {
    /// One of these words is next.
    case words([Word])
    /// Arguments of the operation are next, after those already typed; or one of these words if none was typed yet.
    case arguments(any Command, after: ArraySlice<String>, words: [Word])
  }

  /// The part of the command line that follows the words, or `nil` if they are wrong.
  func place(after typed: ArraySlice<String>) -> Place? {
    var level = words
    for index in typed.indices {
      guard let word = try? Self.find(typed[index], in: level) else { return nil }
      let rest = typed[(index + 1)...]
      switch word.meaning {
      case .words(let next): level = next
      case .completion: return nil
      case .operation(let command, let words):
        guard let name = rest.first, let subword = Self.subword(name, of: word), let next = subword.command else {
          return .arguments(command(), after: rest, words: rest.isEmpty ? words : [])
        }
        return .arguments(next, after: rest.dropFirst(), words: [])
      }
    }
    return .words(level)
  }

  /// The names that messages list, as the C client does: all but the words that require their full name.
  static func listedNames(_ level: [Word]) -> [String] { level.filter { !$0.requiresFullName }.map(\.name) }

  /// The word of this full name among those that may follow an operation.
  ///
  /// Any other text is an argument.
  private static func subword(_ name: String, of word: Word) -> Word? {
    guard case .operation(_, let words) = word.meaning else { return nil }
    return words.first { $0.name == name }
  }
}
