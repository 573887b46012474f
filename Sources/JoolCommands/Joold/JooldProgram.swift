/// The program `joold`: `jool session proxy`, with its arguments in two files.
///
/// It is deprecated, but scripts still start it.
enum JooldProgram {
  /// Runs the command line, given without the program's name, and prints a failure.
  static func run(_ words: [String], in context: CommandContext) -> ExitStatus {
    context.messages.warn("`joold` is deprecated. See `jool session proxy --help`.")
    return context.reportingFailure { (context) throws(CommandFailure) in try execute(words, in: context) }
  }

  private static func execute(_ words: [String], in context: CommandContext) throws(CommandFailure) {
    switch words.first {
    case "--help", "-h", "-?", "--usage":
      context.output.write(help(context.programName))
      return
    case "--version", "-V":
      context.output.print(ProgramIdentity.versionText(isVerbose: words.dropFirst().first == "--verbose"))
      return
    default: break
    }
    guard words.count <= 3 else { throw .argument(.tooManyArguments, operationName: context.programName) }
    let files = try files(words)
    var context = context
    context.givenInstanceName = files.instanceName
    try ProxyRunner.run(files.arguments, in: context) { () throws(CommandFailure) in
      try self.files(words, isReread: true).arguments
    }
  }

  private static func files(_ words: [String], isReread: Bool = false) throws(CommandFailure) -> JooldFiles {
    do throws(JooldFileFailure) {
      var files = try JooldFiles(
        networkPath: words.first ?? JooldFiles.defaultNetworkPath,
        modulePath: words.dropFirst().first ?? JooldFiles.defaultModulePath, isReread: isReread)
      files.arguments.statistics.port = words.dropFirst(2).first
      return files
    } catch {
      throw .joold(error)
    }
  }

  private static func help(_ programName: String) -> String {
    """
    Usage: \(programName) [NETSOCKET [MODSOCKET [PORT]]]

      NETSOCKET    JSON file with the network socket's configuration (default: \(JooldFiles.defaultNetworkPath))
      MODSOCKET    JSON file with the instance's name (default: \(JooldFiles.defaultModulePath))
      PORT         Serve statistics on this UDP port

      -?, -h, --help, --usage    Give this help
      -V, --version              Print program version

    """
  }
}
