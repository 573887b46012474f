/// The help of a word that must be followed by another word: `session --help`.
///
/// Such a word alone is an error.
struct WordsHelp: Command {
  /// The options that request this help.
  ///
  /// Any other text after the word is an unknown word, as in the C client.
  static let questions = ["--help", "-?", "--usage"]

  var syntax: Syntax<Self> { Syntax(common: [.help, .usage], arguments: "WORD") }

  func run(in context: CommandContext) throws(CommandFailure) {
    throw .word(.incomplete(followUps: WordTree.listedNames(context.invocation.subwords)))
  }
}
