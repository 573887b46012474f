/// One option as the user sees it: its names, its value and its explanation.
///
/// The same declaration drives parsing, `--help`, `--usage` and completion, so they cannot disagree.
struct OptionDeclaration: Hashable, Sendable {
  /// What follows the option's name. The text is the placeholder that help shows, such as `INT`.
  enum Value: Hashable, Sendable {
    case none
    case required(String)
    case optional(String)
  }

  /// The long name, without the dashes.
  var name: String
  /// The letter after a single dash.
  var letter: Character?
  /// Another letter.
  var secondLetter: Character?
  var value = Value.none
  var explanation = ""
  /// One of the two that GNU argp gives to every program: accepted, but named only in the manual.
  var isHidden = false
  /// An option that the C client lacks. It is not abbreviated, so that the C client's abbreviations stay unambiguous, and
  /// the usage names it after the C client's options.
  var requiresFullName = false
  /// Offered by completion after the option itself.
  var suggestions: [String] = []
  var valueKind = ValueKind.other

  /// The options that every operation has, in the order in which abbreviations consider them.
  static let common = [help, usage, programName, hang, version]

  static let help = OptionDeclaration(name: "help", letter: "?", explanation: "Give this help list")
  static let usage = OptionDeclaration(name: "usage", explanation: "Give a short usage message")
  static let version = OptionDeclaration(name: "version", letter: "V", explanation: "Print program version")
  /// Replaces the operation's name in messages.
  static let programName = OptionDeclaration(name: "program-name", value: .required("NAME"), isHidden: true)
  /// Sleeps, so that a debugger can attach.
  static let hang = OptionDeclaration(name: "HANG", value: .optional("SECS"), isHidden: true)
}

/// What a value or argument names, for shells that complete it.
enum ValueKind: Hashable, Sendable {
  case file
  /// An instance that exists.
  case instance
  case other
}

/// Why a word could not be taken as an option. The names are complete even if the user abbreviated them.
enum OptionError: Error, Hashable, Sendable {
  /// No option has this letter.
  case invalidLetter(Character)
  /// The word after the dashes, value included.
  case unrecognized(String)
  /// The word after the dashes, and the names it could be an abbreviation of.
  case ambiguous(String, possibilities: [String])
  case letterRequiresValue(Character)
  case requiresValue(String)
  case allowsNoValue(String)
}
