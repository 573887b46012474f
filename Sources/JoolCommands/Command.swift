/// What an operation of the command line does: its arguments in, one exchange with the module, text out.
///
/// The properties of a command are its parsed arguments; `syntax` fills them.
protocol Command: Sendable {
  /// The table that drives parsing, help and completion.
  var syntax: Syntax<Self> { get }

  /// Does it. Prints data on the context's output and throws the rest.
  func run(in context: CommandContext) throws(CommandFailure)
}

extension Command {
  /// Parses the arguments and runs the command, or prints the help that they ask for.
  func parseAndRun(_ arguments: ArraySlice<String>, in context: CommandContext) throws(CommandFailure) {
    let parsed: ParsedArguments<Self>
    do throws(OperationArgumentError) {
      parsed = try syntax.parse(arguments, into: self, typedName: context.operationName, order: context.optionOrder)
    } catch {
      if case .file(let failure) = error.error { throw .file(failure) }
      throw .argument(error.error, operationName: error.operationName)
    }
    switch parsed {
    case .print(let text): context.output.write(text)
    case .run(let command): try command.run(in: context)
    }
  }
}
