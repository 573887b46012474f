import JoolCore

/// The request that the options before the mode make.
enum RootRequest: Hashable, Sendable {
  case help
  case usage
  /// Print the version that scripts compare, or, if verbose, also the release of this project.
  case version(isVerbose: Bool)
  /// Run the operation that these words name. The instance's name is that of `-i` or `-f`, if there is one; the file is
  /// that of `-f`. `socket` and `snapshot` are those of the options with these names.
  case operation(
    instanceName: String?, file: String?, socket: String?, snapshot: String?, words: ArraySlice<String>)
  /// Run a command line in the syntax of Jool 3.5. The words begin with the first option or mode that only 3.5 has.
  case legacy(instanceName: String?, words: ArraySlice<String>)
}

/// The options before the mode: `-i`, `-f`, `--socket`, `--snapshot`, `--help`, `--usage`, `--version`.
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
    OptionDeclaration(
      name: "socket", value: .required("PATH"),
      explanation: "Unix socket of a program that answers instead of the module: session mirror",
      requiresFullName: true, valueKind: .file),
    OptionDeclaration(
      name: "snapshot", value: .required("FILE"),
      explanation: "File of session save that answers instead of the module", requiresFullName: true, valueKind: .file),
  ]

  /// Acts on the options from left to right.
  ///
  /// The first request for help, usage or version ends the parsing.
  /// - `words`: the command line without the program's name.
  /// - `translator`: the type of translator, which determines the options of Jool 3.5.
  /// - `instanceNameOfFile`: reads the instance's name from a configuration file. It is called at each `-f`, before the
  ///   next option is parsed.
  static func parse(
    _ words: some Sequence<String>, of translator: TranslatorType,
    instanceNameOfFile: (String) throws(CommandFailure) -> String
  ) throws(CommandFailure) -> RootRequest {
    var scanner = OptionScanner(words, declarations: declarations, order: .beforeArguments)
    var instanceName: String?
    var file: String?
    var socket: String?
    var snapshot: String?
    while true {
      let rest = scanner.remainingWords
      let next: OptionScanner.Item?
      do throws(OptionError) {
        next = try scanner.nextOption()
      } catch {
        let legacy = LegacyOptions(translator: translator)
        guard legacy.knows(error, followedBy: rest.dropFirst()) else { throw .rootOption(error) }
        return .legacy(instanceName: instanceName, words: rest)
      }
      guard let item = next else { break }
      guard case .option(let index, let value) = item else { break }
      switch declarations[index].name {
      case "help": return .help
      case "usage": return .usage
      case "version":
        // This is no option of its own, because `--ver` and `--v` would then no longer abbreviate `--version`.
        return .version(isVerbose: scanner.remainingWords.first == "--verbose")
      case "instance" where isInstanceMode(rest): return .legacy(instanceName: instanceName, words: rest)
      case "instance": instanceName = value
      case "socket": socket = value
      case "snapshot": snapshot = value
      default:
        if let fileMode = fileMode(rest) {
          return .legacy(instanceName: fileMode.instanceName ?? instanceName, words: fileMode.words[...])
        }
        instanceName = try instanceNameOfFile(value ?? "")
        file = value
      }
    }
    return .operation(
      instanceName: instanceName, file: file, socket: socket, snapshot: snapshot, words: scanner.remainingWords)
  }

  /// Whether these words, the rest of the command line, are the 3.5 mode `--instance` and its operation, rather than
  /// the option `--instance NAME`.
  private static func isInstanceMode(_ words: ArraySlice<String>) -> Bool {
    guard let last = words.last, words.count == 2, words.first == "--instance" else { return false }
    return ["--add", "-a", "--remove", "-r"].contains(last)
  }

  /// The command line if its mode is the 3.5 mode `--file`: only this option, an instance's name and `--force`.
  ///
  /// In any other command line the file only names the instance. The letter `-f` is never a mode, because a user who
  /// forgets the mode after `-f FILE` would then replace a configuration. (No manual has `-f` as a mode.)
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
