/// One option of the command line: its names, its value and its explanation.
///
/// The same declaration drives parsing, `--help`, `--usage` and completion, so they cannot disagree.
struct OptionDeclaration: Hashable, Sendable {
  /// Whether a value follows the option's name.
  ///
  /// The text is the placeholder that help shows, such as `INT`.
  enum Value: Hashable, Sendable {
    case none
    case required(String)
    case optional(String)
  }

  /// The long name, without the dashes.
  var name: String
  /// The letter after a single dash.
  var letter: Character?
  /// An alternative letter.
  var secondLetter: Character?
  var value = Value.none
  var explanation = ""
  /// Whether help omits the option.
  ///
  /// True for the two that GNU argp gives to every program, which only the manual names, and for those that an operation
  /// refuses.
  var isHidden = false
  /// Whether the option cannot be abbreviated, because the C client lacks it.
  ///
  /// So the C client's abbreviations stay unambiguous. The usage lists such options after the C client's.
  var requiresFullName = false
  /// The values that completion suggests for the option.
  var suggestions: [String] = []
  var valueKind = ValueKind.other

  /// The options that every operation has, in the order in which abbreviations consider them.
  static let common = [help, usage, programName, hang, version]

  static let help = OptionDeclaration(name: "help", letter: "?", explanation: "Give this help list")
  static let usage = OptionDeclaration(name: "usage", explanation: "Give a short usage message")
  static let version = OptionDeclaration(name: "version", letter: "V", explanation: "Print program version")
  /// `--program-name`: replaces the operation's name in messages.
  static let programName = OptionDeclaration(name: "program-name", value: .required("NAME"), isHidden: true)
  /// `--HANG`: sleeps, so that a debugger can attach.
  static let hang = OptionDeclaration(name: "HANG", value: .optional("SECS"), isHidden: true)
}

/// The kind of thing that a value or argument names, for completion by a shell.
enum ValueKind: Hashable, Sendable {
  case file
  /// An instance that exists.
  case instance
  case other
}

/// The reason why a word is not a valid option.
///
/// The names are complete even if the user abbreviated them.
enum OptionError: Error, Hashable, Sendable {
  /// No option has this letter.
  case invalidLetter(Character)
  /// No option has this name. The text is the word after the dashes, including its value.
  case unrecognized(String)
  /// The word could abbreviate several names. The text is the word after the dashes.
  case ambiguous(String, possibilities: [String])
  case letterRequiresValue(Character)
  case requiresValue(String)
  case allowsNoValue(String)
}
