import JoolCore

/// `global explain [KEY]`: explains one variable, or all of them.
///
/// It needs no module.
struct GlobalExplain: Command {
  let translator: TranslatorType
  var key: GlobalKey?
  var table = TableOptions()

  private var keys: [GlobalKey] { GlobalKey.all.filter { $0.exists(in: translator) } }

  var syntax: Syntax<Self> {
    let names = keys.map(\.name)
    return Syntax(
      options: Syntax.table(\.table), arguments: "[KEY]", completion: .options(suggestions: names)
    ) { (command, text) throws(ArgumentError) in
      guard command.key == nil else { throw .tooManyArguments }
      guard let key = command.keys.first(where: { $0.name == text }) else {
        throw .notChoice(text, noun: "variable", choices: NearestName.of(text, among: names).map { [$0] } ?? names)
      }
      command.key = key
    }
  }

  func run(in context: CommandContext) throws(CommandFailure) {
    let explanations = (key.map { [$0] } ?? keys).map(GlobalExplanation.init(of:))
    switch table.format {
    case .console:
      context.output.write(explanations.map { "\($0.key.name)\n\($0.block)" }.joined(separator: "\n"))
    case .csv:
      if !table.noHeaders { context.output.print("Field," + GlobalExplanation.columns) }
      for one in explanations { context.output.print("\(one.key.name),\(one.csv)") }
    case .json:
      let object = JSONValue.object(explanations.map { ($0.key.name, .object($0.members)) })
      context.output.print(object.text(expanding: 1))
    }
  }
}
