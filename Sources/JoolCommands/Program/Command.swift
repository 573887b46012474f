/// An operation of the command line: it takes arguments, usually exchanges messages with the module, and prints text.
///
/// The properties of a command are its parsed arguments; `syntax` sets them.
protocol Command: Sendable {
  /// The table that drives parsing, help and completion.
  var syntax: Syntax<Self> { get }

  /// Runs the operation. Prints data on the context's output, and throws a failure instead of printing it.
  func run(in context: CommandContext) throws(CommandFailure)
}

extension Command {
  /// Parses the arguments of `context`.
  func parse(in context: CommandContext) throws(CommandFailure) -> ParsedArguments<Self> {
    do throws(OperationArgumentError) {
      let invocation = context.invocation
      return try syntax.parse(
        invocation.arguments, into: self, typedName: invocation.operationName, subwords: invocation.subwords,
        order: invocation.optionOrder)
    } catch {
      if case .file(let failure) = error.error { throw .file(failure) }
      throw .argument(error.error, operationName: error.operationName)
    }
  }

  /// Parses the arguments and runs the command, or prints the help that they ask for.
  func parseAndRun(in context: CommandContext) throws(CommandFailure) {
    switch try parse(in: context) {
    case .print(let text): context.output.write(text)
    case .run(let command): try command.run(in: context)
    }
  }
}
