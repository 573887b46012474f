/// What the options before the mode ask for.
enum RootRequest: Hashable, Sendable {
  case help
  case usage
  case version
  /// Run the operation that these words name, on this instance if one was given, perhaps by a file.
  case operation(instanceName: String?, file: String?, words: ArraySlice<String>)
  /// A command line in the spelling of Jool 3.5, from the first option that only it has.
  case legacy(instanceName: String?, words: ArraySlice<String>)
}

/// The options before the mode: `-i`, `-f`, `--help`, `--usage`, `--version`.
enum RootOptions {
  static let declarations = [
    OptionDeclaration(name: "help", letter: "?", secondLetter: "h", explanation: "Give this help"),
    OptionDeclaration(name: "usage", explanation: "Give a short usage message"),
    OptionDeclaration(name: "version", letter: "V", explanation: "Print program version"),
    OptionDeclaration(
      name: "instance", letter: "i", value: .required("NAME"), explanation: "Name of the instance (default: default)",
      valueKind: .instance),
    OptionDeclaration(
      name: "file", letter: "f", value: .required("FILE"), explanation: "JSON file with the name of the instance",
      valueKind: .file),
  ]

  /// Acts on the options from left to right; the first request for help, usage or version wins.
  ///
  /// - Parameters:
  ///   - words: the command line without the program's name.
  ///   - legacy: the options of Jool 3.5.
  ///   - instanceNameOfFile: reads the instance's name from a configuration file, at once.
  static func parse(
    _ words: some Sequence<String>, legacy: LegacyOptions,
    instanceNameOfFile: (String) throws(CommandFailure) -> String
  ) throws(CommandFailure) -> RootRequest {
    var scanner = OptionScanner(words, declarations: declarations, order: .beforeArguments)
    var instanceName: String?
    var file: String?
    while true {
      let rest = scanner.remainingWords
      let next: OptionScanner.Item?
      do throws(OptionError) {
        next = try scanner.nextOption()
      } catch {
        guard legacy.knows(error, followedBy: rest.dropFirst()) else { throw .rootOption(error) }
        return .legacy(instanceName: instanceName, words: rest)
      }
      guard let item = next else { break }
      guard case .option(let index, let value) = item else { break }
      switch declarations[index].name {
      case "help": return .help
      case "usage": return .usage
      case "version": return .version
      case "instance" where isInstanceMode(rest): return .legacy(instanceName: instanceName, words: rest)
      case "instance": instanceName = value
      default:
        if let fileMode = fileMode(rest) {
          return .legacy(instanceName: fileMode.instanceName ?? instanceName, words: fileMode.words[...])
        }
        instanceName = try instanceNameOfFile(value ?? "")
        file = value
      }
    }
    return .operation(instanceName: instanceName, file: file, words: scanner.remainingWords)
  }

  /// Whether these last words are 3.5's mode `--instance` and not an instance's name.
  private static func isInstanceMode(_ words: ArraySlice<String>) -> Bool {
    guard let last = words.last, words.count == 2, words.first == "--instance" else { return false }
    return ["--add", "-a", "--remove", "-r"].contains(last)
  }

  /// The command line if its mode is `--file`: it has no word but this option, an instance's name and `--force`.
  ///
  /// Everywhere else the file names the instance alone. So does the letter `-f`, which no manual has as a mode: who forgets
  /// the mode after it must not replace a configuration.
  private static func fileMode(_ words: ArraySlice<String>) -> (instanceName: String?, words: [String])? {
    guard words.first?.hasPrefix("--") == true else { return nil }
    let scanned = declarations + [OptionDeclaration(name: "force")]
    var scanner = OptionScanner(words, declarations: scanned)
    var instanceName: String?
    var options: [String] = []
    do throws(OptionError) {
      while let item = try scanner.next() {
        guard case .option(let index, let value) = item else { return nil }
        switch scanned[index].name {
        case "instance": instanceName = value
        case "file": options += ["--file", value ?? ""]
        case "force": options.append("--force")
        default: return nil
        }
      }
    } catch {
      return nil
    }
    return (instanceName, options)
  }
}
