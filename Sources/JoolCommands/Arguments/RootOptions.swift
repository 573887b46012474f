/// What the options before the mode ask for.
enum RootRequest: Hashable, Sendable {
  case help
  case usage
  case version
  /// Run the operation that these words name, on this instance if one was given.
  case operation(instanceName: String?, words: ArraySlice<String>)
}

/// The options before the mode: `-i`, `-f`, `--help`, `--usage`, `--version`.
enum RootOptions {
  static let declarations = [
    OptionDeclaration(name: "help", letter: "?", secondLetter: "h"),
    OptionDeclaration(name: "usage"),
    OptionDeclaration(name: "version", letter: "V"),
    OptionDeclaration(name: "instance", letter: "i", value: .required("NAME")),
    OptionDeclaration(name: "file", letter: "f", value: .required("FILE")),
  ]

  /// Acts on the options from left to right; the first request for help, usage or version wins.
  ///
  /// - Parameters:
  ///   - words: the command line without the program's name.
  ///   - instanceNameOfFile: reads the instance's name from a configuration file, at once.
  static func parse(
    _ words: some Sequence<String>,
    instanceNameOfFile: (String) throws(CommandFailure) -> String
  ) throws(CommandFailure) -> RootRequest {
    var scanner = OptionScanner(words, declarations: declarations, order: .beforeArguments)
    var instanceName: String?
    while let item = try next(from: &scanner) {
      guard case .option(let index, let value) = item else { break }
      switch declarations[index].name {
      case "help": return .help
      case "usage": return .usage
      case "version": return .version
      case "instance": instanceName = value
      default: instanceName = try instanceNameOfFile(value ?? "")
      }
    }
    return .operation(instanceName: instanceName, words: scanner.remainingWords)
  }

  private static func next(from scanner: inout OptionScanner) throws(CommandFailure) -> OptionScanner.Item? {
    do throws(OptionError) { return try scanner.nextOption() } catch { throw .rootOption(error) }
  }
}
