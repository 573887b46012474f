import JoolCore

/// A parsed command line of Jool 3.5.
struct LegacyRequest: Sendable {
  var mode = LegacyMode.global
  var operation = LegacyOperation.display
  /// The protocols that were chosen.
  ///
  /// None means all; see `chosenProtocols`.
  var protocols: Set<L4Protocol> = []
  var modifiers: Set<LegacyModifier> = []
  var mark: UInt32 = 0
  var iterations = MaxIterations.unset
  var setting: (flag: LegacyGlobalFlag, text: String?)?
  var path: String?
  var arguments: [String] = []
  /// Whether neither mode nor operation was given.
  var isAssumed = false

  /// The result of parsing: a request, or help, usage or version instead of one.
  enum Parsed {
    case request(LegacyRequest)
    case root(RootRequest)
  }

  var table: TableOptions {
    TableOptions(
      format: modifiers.contains(.csv) ? .csv : .console, noHeaders: modifiers.contains(.noHeaders))
  }

  /// The protocols that the request applies to, in their usual order.
  var chosenProtocols: [L4Protocol] { L4Protocol.allCases.filter { protocols.isEmpty || protocols.contains($0) } }

  /// Parses a whole command line.
  ///
  /// Its words may be in any order.
  static func parse(_ words: ArraySlice<String>, _ options: LegacyOptions) throws(ArgumentError) -> Parsed {
    var request = LegacyRequest()
    var mode: LegacyMode?
    var operation: LegacyOperation?
    var scanner = OptionScanner(words, declarations: options.declarations)
    while let item = try next(from: &scanner) {
      guard case .option(let index, let value) = item else {
        if case .argument(let text) = item { request.arguments.append(text) }
        continue
      }
      switch options.meanings[index] {
      case .help: return .root(.help)
      case .usage: return .root(.usage)
      case .version: return .root(.version(isVerbose: false))
      case .mode(let chosen): try choose(chosen, over: &mode, name: \.option)
      case .file:
        guard request.path == nil || request.path == value else { throw .tooManyArguments }
        try choose(.file, over: &mode, name: \.option)
        request.path = value
      case .operation(let chosen): try choose(chosen, over: &operation, name: \.rawValue)
      case .proto(let proto): request.protocols.insert(proto)
      case .modifier(let modifier): try request.apply(modifier, value ?? "")
      case .removed(let removal): throw .removed(removal)
      case .global(let flag):
        guard request.setting == nil else { throw .twoGlobals }
        request.setting = (flag, value)
      }
    }
    let choice = LegacyChoice(request: request, mode: mode, operation: operation, translator: options.translator)
    let form = try choice.form()
    request.mode = form.mode
    request.operation = form.operation
    request.isAssumed = mode == nil && operation == nil
    return .request(request)
  }

  private static func next(from scanner: inout OptionScanner) throws(ArgumentError) -> OptionScanner.Item? {
    do throws(OptionError) { return try scanner.next() } catch { throw .option(error) }
  }

  private static func choose<Choice: Equatable>(
    _ choice: Choice, over place: inout Choice?, name: (Choice) -> String
  ) throws(ArgumentError) {
    if let place, place != choice {
      throw .illegalCombination(reason: "--\(name(place)) and --\(name(choice)) exclude each other.")
    }
    place = choice
  }

  private mutating func apply(_ modifier: LegacyModifier, _ value: String) throws(ArgumentError) {
    modifiers.insert(modifier)
    switch modifier {
    case .mark: mark = try UInt32(argument: value)
    case .maxIterations: iterations = try MaxIterations(argument: value)
    default: break
    }
  }
}
