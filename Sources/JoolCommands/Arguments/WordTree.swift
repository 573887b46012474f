/// A word of the command line, such as `pool4` or `display`, and what follows it.
struct Word: Sendable {
  enum Meaning: Sendable {
    /// More words.
    case words([Word])
    /// The words are complete; options and positional arguments follow.
    case operation(@Sendable () -> any Command)
    /// Completion, which reads its arguments itself.
    case completion(CompletionProtocol)
  }

  var name: String
  /// Neither listed nor abbreviable.
  var isHidden = false
  var meaning: Meaning
  /// Said on standard error before the arguments are looked at.
  var notice: Notice?

  /// A warning about the use of a word.
  enum Notice: Sendable {
    /// The word has a new name.
    case deprecated(String, replacement: String)
    /// `-i` and `-f` mean nothing to this operation.
    case ignoresInstanceName(operation: String)
  }

  /// A word followed by other words.
  static func group(_ name: String, hidden: Bool = false, _ words: [Word], notice: Notice? = nil) -> Word {
    Word(name: name, isHidden: hidden, meaning: .words(words), notice: notice)
  }

  /// A word that completes an operation.
  static func operation(
    _ name: String, hidden: Bool = false, notice: Notice? = nil, _ command: @escaping @Sendable () -> any Command
  ) -> Word {
    Word(name: name, isHidden: hidden, meaning: .operation(command), notice: notice)
  }

  /// The words that may follow this one.
  var words: [Word] {
    if case .words(let words) = meaning { words } else { [] }
  }
}

/// How a shell asks what could come next.
enum CompletionProtocol: Hashable, Sendable {
  /// The C client's: `autocomplete INDEX WORD...`.
  case autocomplete
  /// That of the scripts in `completions/`: `complete WORD...`.
  case complete
}

/// Why the words do not name an operation. The lists hold visible words only.
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

  /// Follows the words from the root to an operation.
  func resolve(_ typed: ArraySlice<String>) throws(WordError) -> ResolvedOperation {
    var level = words
    var path: [Word] = []
    for (index, text) in zip(typed.indices, typed) {
      let word = try Self.find(text, in: level)
      path.append(word)
      guard case .words(let next) = word.meaning else {
        return ResolvedOperation(path: path, typedName: text, arguments: typed[(index + 1)...])
      }
      level = next
    }
    throw .incomplete(followUps: Self.visibleNames(level))
  }

  /// The word of this name, or the only one that begins so. Hidden words need their exact name.
  static func find(_ text: String, in level: [Word]) throws(WordError) -> Word {
    if let exact = level.first(where: { $0.name == text }) { return exact }
    let candidates = level.filter { !$0.isHidden && $0.name.hasPrefix(text) }
    switch candidates.count {
    case 0: throw .unexpected(text, available: visibleNames(level))
    case 1: return candidates[0]
    default: throw .ambiguous(text, available: candidates.map(\.name))
    }
  }

  /// What help and messages list.
  static func visibleNames(_ level: [Word]) -> [String] { level.filter { !$0.isHidden }.map(\.name) }
}
