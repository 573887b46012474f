import JoolCore

/// A 3.5 command line, parsed.
struct LegacyRequest: Sendable {
  var mode = LegacyMode.global
  var operation = LegacyOperation.display
  /// The chosen protocols in their usual order; all if none is chosen.
  var protocols: Set<L4Protocol> = []
  var modifiers: Set<LegacyModifier> = []
  var mark: UInt32 = 0
  var iterations = MaxIterations.unset
  var setting: (flag: LegacyGlobalFlag, text: String?)?
  var path: String?
  var arguments: [String] = []
  /// Whether mode and operation were not said.
  var isAssumed = false

  /// Help, usage or version instead of a request.
  enum Parsed {
    case request(LegacyRequest)
    case root(RootRequest)
  }

  var table: TableOptions {
    TableOptions(
      format: modifiers.contains(.csv) ? .csv : .console, noHeaders: modifiers.contains(.noHeaders))
  }

  var chosenProtocols: [L4Protocol] { L4Protocol.allCases.filter { protocols.isEmpty || protocols.contains($0) } }

  /// Parses a whole command line, whatever the order of its words.
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
      case .version: return .root(.version)
      case .mode(let chosen): try choose(chosen, &mode)
      case .file:
        try choose(.file, &mode)
        request.path = value
      case .operation(let chosen): try choose(chosen, &operation)
      case .proto(let proto): request.protocols.insert(proto)
      case .modifier(let modifier): try request.apply(modifier, value ?? "")
      case .removed(let removal): throw .removed(removal)
      case .global(let flag):
        guard request.setting == nil else { throw .twoGlobals }
        request.setting = (flag, value)
      }
    }
    request.isAssumed = mode == nil && operation == nil
    request.mode = mode ?? .global
    request.operation = operation ?? request.defaultOperation
    try request.check()
    return .request(request)
  }

  private var defaultOperation: LegacyOperation {
    switch mode {
    case .global where setting != nil: .update
    case .joold: .advertise
    case .file: .update
    default: .display
    }
  }

  private static func next(from scanner: inout OptionScanner) throws(ArgumentError) -> OptionScanner.Item? {
    do throws(OptionError) { return try scanner.next() } catch { throw .option(error) }
  }

  private static func choose<Choice: Equatable>(_ choice: Choice, _ place: inout Choice?) throws(ArgumentError) {
    guard place == nil || place == choice else { throw .illegalCombination }
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

/// Which options go together.
extension LegacyRequest {
  private func check() throws(ArgumentError) {
    guard let allowed = Self.allowed[mode]?[operation], modifiers.isSubset(of: allowed.modifiers),
      protocols.isEmpty || allowed.protocols, (setting != nil) == (mode == .global && operation == .update)
    else { throw .illegalCombination }
    guard arguments.count <= allowed.arguments else { throw .tooManyArguments }
  }

  private struct Allowed: Sendable {
    var modifiers: Set<LegacyModifier> = []
    var protocols = false
    /// How many words without dashes.
    var arguments = 0
  }

  private static let table: Set<LegacyModifier> = [.csv, .noHeaders]
  private static let counting = Allowed()

  private static let allowed: [LegacyMode: [LegacyOperation: Allowed]] = [
    .global: [.display: Allowed(modifiers: table), .update: Allowed(modifiers: [.force])],
    .session: [
      .display: Allowed(modifiers: table.union([.numeric]), protocols: true), .count: Allowed(protocols: true),
    ],
    .bib: [
      .display: Allowed(modifiers: table.union([.numeric]), protocols: true), .count: Allowed(protocols: true),
      .add: Allowed(protocols: true, arguments: 2), .remove: Allowed(protocols: true, arguments: 2),
    ],
    .pool4: [
      .display: Allowed(modifiers: table, protocols: true), .count: Allowed(protocols: true),
      .add: Allowed(modifiers: [.mark, .maxIterations, .force], protocols: true, arguments: 2),
      .remove: Allowed(modifiers: [.mark, .quick], protocols: true, arguments: 2),
      .flush: Allowed(modifiers: [.quick]),
    ],
    .pool6: [
      .display: Allowed(modifiers: table), .count: counting,
      .add: Allowed(modifiers: [.force], arguments: 1), .remove: Allowed(modifiers: [.quick], arguments: 1),
      .flush: Allowed(modifiers: [.quick]),
    ],
    .eamt: [
      .display: Allowed(modifiers: table), .count: counting, .add: Allowed(modifiers: [.force], arguments: 2),
      .remove: Allowed(arguments: 2), .flush: Allowed(),
    ],
    .denylist4: [
      .display: Allowed(modifiers: table), .count: counting, .add: Allowed(modifiers: [.force], arguments: 1),
      .remove: Allowed(arguments: 1), .flush: Allowed(),
    ],
    .joold: [.advertise: Allowed()],
    .file: [.update: Allowed(modifiers: [.force])],
  ]
}
