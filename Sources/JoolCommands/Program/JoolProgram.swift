import JoolCore

/// The programs `jool` and `jool_siit`, which configure translators.
enum JoolProgram {
  /// Runs the command line, given without the program's name, and prints a failure.
  static func run(_ words: [String], in context: CommandContext) -> ExitStatus {
    var context = context
    context.messages.isJSON = asksForJSON(words)
    return context.reportingFailure { (context) throws(CommandFailure) in
      var context = context
      try execute(words, in: &context)
    }
  }

  /// Whether `--json`, or an abbreviation of it, is among the options.
  ///
  /// This is determined before they are parsed, because errors in them are also reported as JSON.
  private static func asksForJSON(_ words: [String]) -> Bool {
    words.prefix { $0 != "--" }.contains { $0.utf8.count >= 3 && "--json".hasPrefix($0) }
  }

  private static func execute(_ words: [String], in context: inout CommandContext) throws(CommandFailure) {
    guard !words.isEmpty else { return try GlobalDisplay().run(in: context) }
    let tree = CommandTable.words(of: context.translator)
    let request = try RootOptions.parse(words, of: context.translator) { (path) throws(CommandFailure) in
      do throws(FileFailure) { return try FileReader.instanceName(of: path) } catch { throw .file(error) }
    }
    if case .legacy(let instanceName, let words) = request {
      context.givenInstanceName = instanceName
      guard let text = try LegacyProgram.run(words, in: context) else { return }
      return try execute(text, of: tree, in: context)
    }
    try execute(request, of: tree, in: context)
  }

  private static func execute(
    _ request: RootRequest, of tree: WordTree, in context: CommandContext
  ) throws(CommandFailure) {
    let help = RootHelp(programName: context.programName, tree: tree)
    var context = context
    switch request {
    case .legacy: return
    case .help: context.output.write(help.help)
    case .usage: context.output.write(help.usage)
    case .version(let isVerbose): context.output.print(ProgramIdentity.versionText(isVerbose: isVerbose))
    case .operation(_, let file?, _, _, let words) where words.isEmpty:
      context.messages.hint(LegacyHint.text(programName: context.programName, ["file", "handle", file]))
      throw .word(.incomplete(followUps: WordTree.listedNames(tree.words)))
    case .operation(let instanceName, _, let socket, let snapshot, let words):
      context.socket = socket
      context.givenInstanceName = instanceName
      if let snapshot { try context.useSnapshot(at: snapshot) }
      try execute(words, of: tree, in: context)
    }
  }

  private static func execute(
    _ words: ArraySlice<String>, of tree: WordTree, in context: CommandContext
  ) throws(CommandFailure) {
    let operation: ResolvedOperation
    do throws(WordError) { operation = try tree.resolve(words) } catch { throw .word(error) }
    for notice in operation.path.compactMap(\.notice) { show(notice, in: context) }
    var context = context
    context.invocation.operationName = operation.typedName
    context.invocation.subwords = operation.word.words
    context.invocation.arguments = operation.arguments
    switch operation.word.meaning {
    case .words: try WordsHelp().parseAndRun(in: context)
    case .completion(.complete):
      let completion = ShellCompletion(tree: tree, instanceNames: context.knownInstanceNames)
      for candidate in completion.candidates(for: operation.arguments) { context.output.print(candidate.line) }
    case .completion(.autocomplete): context.output.write(Completion(tree: tree).answer(to: operation.arguments))
    case .operation(let command, _):
      let command = command()
      if context.snapshot != nil, !(command is any SnapshotReader) { throw .sessionFile(.onlyReads) }
      if context.socket != nil, command is any IndependentOfInstance {
        throw .invalid(.refusedOption("--socket has no effect on this operation. Leave it out."))
      }
      try command.parseAndRun(in: context)
    }
  }

  private static func show(_ notice: Word.Notice, in context: CommandContext) {
    switch notice {
    case .deprecated(let name, let replacement):
      context.messages.warn("\(name) is deprecated. Use '\(replacement)' instead.")
    case .ignoresInstanceName(let operation):
      guard context.givenInstanceName != nil else { return }
      context.messages.warn("\(operation) ignores the instance name argument.")
    }
  }
}
