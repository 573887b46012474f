import JoolCore

/// The command line of a running session proxy.
enum ProxyCommandLine {
  /// Parses it.
  ///
  /// `nil` if it is not that of `jool session proxy`, or if it cannot be read.
  static func parse(_ process: Int32, in context: CommandContext) -> SessionProxyCommand? {
    let text = context.system.text("/proc/\(process)/cmdline") ?? ""
    // Each argument ends with a zero byte.
    let words = text.split(separator: "\0", omittingEmptySubsequences: false).dropFirst().dropLast().map(String.init)
    let tree = CommandTable.words(of: .nat64)
    guard
      case .operation(_, _, _, _, let rest)? = try? RootOptions.parse(
        words, of: .nat64, instanceNameOfFile: { (_) throws(CommandFailure) in "" }),
      let operation = try? tree.resolve(rest), operation.word.command is SessionProxyCommand
    else { return nil }
    let command = SessionProxyCommand(isReread: true)
    guard
      case .run(var parsed)? = try? command.syntax.parse(
        operation.arguments, into: command, typedName: operation.typedName, order: .anywhere)
    else { return nil }
    if let file = parsed.arguments.keyFile, !file.hasPrefix("/") {
      parsed.arguments.keyFile = "\(context.system.target("/proc/\(process)/cwd"))/\(file)"
    }
    return parsed
  }

  /// The user and group of a process as `--user` takes them; `nil` for root, or if they cannot be read.
  static func user(of process: Int32, _ system: SystemReader) -> String? {
    var numbers: [Substring: Substring] = [:]
    for line in (system.text("/proc/\(process)/status") ?? "").split(separator: "\n") {
      let words = line.split { $0 == "\t" || $0 == " " }
      if words.count > 2 { numbers[words[0]] = words[2] }
    }
    guard let user = numbers["Uid:"], user != "0", let group = numbers["Gid:"] else { return nil }
    return "\(user):\(group)"
  }
}
