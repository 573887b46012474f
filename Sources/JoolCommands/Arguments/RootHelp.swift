/// The texts of `jool --help` and `jool --usage`.
struct RootHelp {
  /// The program as it was called.
  var programName: String
  var tree: WordTree

  /// The grammar.
  var usage: String {
    """
    \(programName) (
            [<ARGP1>] <MODE> <OPERATION> [<ARGP2>]
            | [-h|--help]
            | (-V|--version)
            | --usage
    )

    """
  }

  /// The grammar, and the words of every mode.
  var help: String {
    let modes = tree.words.filter { !$0.isHidden }.map { mode in
      "- \(mode.name) -> " + WordTree.visibleNames(mode.words).map { $0 + " " }.joined() + "\n"
    }
    return """
      Usage
      =====
      \(usage)
      <ARGP1>
      =======
      Either (--instance|-i) <INSTANCE> or (--file|-f) <FILE>.
      - <INSTANCE> is the instance name
      - <FILE> is a path to a JSON file that contains the instance name

      <MODE>s -> <OPERATION>s
      =======================
      \(modes.joined())
      <ARGP2>
      ======
      Depends on <MODE> and <OPERATION>. Normally, see respective --help for details.
      (Example: \(programName) instance add --help)

      Report bugs to \(ProgramIdentity.bugAddress).

      """
  }
}
