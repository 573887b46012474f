import JoolCore

/// Finds the form that a command line has.
///
/// What the words do not say, they imply: the first form that takes all of them. So a mode alone is displayed, a variable
/// and its value are an update, and an address without operation is added. Words that would fit several modes need the
/// mode's option, unless one of these is `--global`.
struct LegacyChoice {
  var request: LegacyRequest
  /// What the command line says.
  var mode: LegacyMode?
  var operation: LegacyOperation?
  var translator: TranslatorType

  func form() throws(ArgumentError) -> LegacyForm {
    let candidates = candidates
    let fitting = candidates.filter { strangers(to: $0).isEmpty && !lacksVariable($0) }
    let complete = fitting.filter(isComplete)
    let found = complete.isEmpty ? fitting.filter { request.arguments.count <= $0.arguments.upperBound } : complete
    guard let first = found.first else {
      if !fitting.isEmpty { throw .tooManyArguments }
      throw .illegalCombination(reason: reason(among: candidates))
    }
    let modes = found.map(\.mode).reduce(into: [LegacyMode]()) { if $0.last != $1 { $0.append($1) } }
    guard mode != nil || first.mode == .global || modes.count == 1 else {
      let options = modes.map { "--\($0.option)" }.joined(separator: ", ")
      throw .illegalCombination(reason: "A mode is missing, one of \(options).")
    }
    return first
  }

  private var candidates: [LegacyForm] {
    LegacyGrammar.modes(of: translator)
      .filter { grammar in mode.map { $0 == grammar.mode } ?? grammar.canBeImplied }
      .flatMap(\.forms)
      .filter { operation == nil || $0.operation == operation }
  }

  /// The words that the form has no use for.
  private func strangers(to form: LegacyForm) -> [String] {
    var words = request.modifiers.subtracting(form.modifiers).map { "--\($0.rawValue)" }.sorted()
    if !form.protocols { words += L4Protocol.allCases.filter(request.protocols.contains).map(\.legacyOption) }
    if let setting = request.setting, !takesVariable(form) { words.append("--\(setting.flag.name)") }
    return words
  }

  private func takesVariable(_ form: LegacyForm) -> Bool { form.mode == .global && form.operation == .update }

  private func lacksVariable(_ form: LegacyForm) -> Bool { takesVariable(form) && request.setting == nil }

  /// Whether nothing is missing. If the operation was said, the operation itself tells what is.
  private func isComplete(_ form: LegacyForm) -> Bool {
    guard request.arguments.count <= form.arguments.upperBound else { return false }
    guard operation == nil || mode == nil else { return true }
    return request.arguments.count >= form.arguments.lowerBound && form.needed.isSubset(of: request.modifiers)
  }

  /// Why no form takes the words.
  private func reason(among candidates: [LegacyForm]) -> String {
    let closest = candidates.min { strangers(to: $0).count < strangers(to: $1).count }
    guard let closest else {
      guard let mode, let operation else { return "No mode of this program takes them together." }
      let others = LegacyGrammar.modes(of: translator).first { $0.mode == mode }?.forms ?? []
      let options = others.map { "--\($0.operation)" }.joined(separator: ", ")
      return "--\(mode.option) has no --\(operation); it has \(options)."
    }
    let strange = strangers(to: closest).joined(separator: ", ")
    if strange.isEmpty { return "--update wants a variable and its value, such as --tos 0." }
    guard mode != nil || operation != nil else { return "No mode takes \(strange) with the other words." }
    return "--\(closest.mode.option) --\(closest.operation) does not go with \(strange)."
  }
}

extension L4Protocol {
  /// The option that chooses it.
  var legacyOption: String { "--\(description.lowercased())" }
}
