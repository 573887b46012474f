/// The texts of `jool --help` and `jool --usage`.
///
/// They contain every line of the C client's texts.
struct RootHelp {
  /// The program's name as it was called.
  var programName: String
  var tree: WordTree

  /// The grammar, the options before the mode and the words of every mode.
  var usage: String {
    """
    \(grammar)
    <ARGP1>: (--instance|-i) <INSTANCE> or (--file|-f) <FILE>
             [--socket <PATH>]
             [--snapshot <FILE>]
    <MODE>s -> <OPERATION>s:
    \(modes)
    """
  }

  /// The contents of `usage`, with explanations.
  var help: String {
    """
    Usage
    =====
    \(grammar)
    <ARGP1>
    =======
    Either (--instance|-i) <INSTANCE> or (--file|-f) <FILE>.
    - <INSTANCE> is the instance name
    - <FILE> is a path to a JSON file that contains the instance name
    - [--socket <PATH>] is the Unix socket of a program that answers instead of the module (session mirror)
    - [--snapshot <FILE>] is a file of `session save` that answers instead of the module

    <MODE>s -> <OPERATION>s
    =======================
    \(modes)
    <ARGP2>
    ======
    Depends on <MODE> and <OPERATION>. Normally, see respective --help for details.
    (Example: \(programName) instance add --help)

    The options of Jool 3.5 (\(programName) --pool6 --display ...) work, too. The manual, jool(8), lists them.

    Report bugs to \(ProgramIdentity.bugAddress).

    """
  }

  private var grammar: String {
    """
    \(programName) (
            [<ARGP1>] <MODE> <OPERATION> [<ARGP2>]
            | [-h|--help]
            | -?
            | (-V|--version)
            | --usage
    )

    """
  }

  private var modes: String {
    tree.words.map { mode in
      let operations = mode.words.isEmpty ? mode.explanation : mode.words.map { $0.name + " " }.joined()
      return "- \(mode.name) -> \(operations)\n"
    }.joined()
  }
}
