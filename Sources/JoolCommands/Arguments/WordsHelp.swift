/// The help of a word that needs more words: `session --help`. Without one of those nothing is done.
struct WordsHelp: Command {
  /// To anything else the word answers as the C client does: that it is no word.
  static let questions: Set = ["--help", "-?", "--usage"]

  var syntax: Syntax<Self> { Syntax(common: [.help, .usage], arguments: "WORD") }

  func run(in context: CommandContext) throws(CommandFailure) {
    throw .word(.incomplete(followUps: WordTree.listedNames(context.subwords)))
  }
}
