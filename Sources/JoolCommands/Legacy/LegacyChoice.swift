import JoolCore

/// Finds the form (mode and operation) of a 3.5 command line.
///
/// If the mode or the operation is omitted, the first form that accepts all words is chosen. So a mode alone is
/// displayed, a variable with its value is updated, and an address without an operation is added. Words that fit
/// several modes need the mode's option, unless one of these modes is `--global`.
struct LegacyChoice {
  var request: LegacyRequest
  /// The mode that the command line gives explicitly.
  var mode: LegacyMode?
  /// The operation that the command line gives explicitly.
  var operation: LegacyOperation?
  var translator: TranslatorType

  /// The form of the command line.
  ///
  /// Throws `ArgumentError` if no form accepts the words, or if several modes do.
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

  /// The options that the form does not accept.
  private func strangers(to form: LegacyForm) -> [String] {
    var words = request.modifiers.subtracting(form.modifiers).map { "--\($0.rawValue)" }.sorted()
    if !form.protocols { words += L4Protocol.allCases.filter(request.protocols.contains).map(\.legacyOption) }
    if let setting = request.setting, !takesVariable(form) { words.append("--\(setting.flag.name)") }
    return words
  }

  private func takesVariable(_ form: LegacyForm) -> Bool { form.mode == .global && form.operation == .update }

  private func lacksVariable(_ form: LegacyForm) -> Bool { takesVariable(form) && request.setting == nil }

  /// Whether there are neither too many nor too few arguments, and no needed option is missing.
  ///
  /// If both mode and operation were given, only too many arguments count, because the operation itself reports what is
  /// missing.
  private func isComplete(_ form: LegacyForm) -> Bool {
    guard request.arguments.count <= form.arguments.upperBound else { return false }
    guard operation == nil || mode == nil else { return true }
    return request.arguments.count >= form.arguments.lowerBound && form.needed.isSubset(of: request.modifiers)
  }

  /// The explanation why no form accepts the words.
  private func reason(among candidates: [LegacyForm]) -> String {
    let closest = candidates.min { strangers(to: $0).count < strangers(to: $1).count }
    guard let closest else {
      guard let mode, let operation else { return "No mode of this program accepts them together." }
      let others = LegacyGrammar.modes(of: translator).first { $0.mode == mode }?.forms ?? []
      let options = others.map { "--\($0.operation)" }.joined(separator: ", ")
      return "--\(mode.option) has no --\(operation); it has \(options)."
    }
    let strange = strangers(to: closest).joined(separator: ", ")
    if strange.isEmpty { return "--update needs a variable and its value, such as --tos 0." }
    guard mode != nil || operation != nil else { return "No mode accepts \(strange) with the other words." }
    return "--\(closest.mode.option) --\(closest.operation) does not accept \(strange)."
  }
}

extension L4Protocol {
  /// The option that chooses the protocol.
  var legacyOption: String { "--\(description.lowercased())" }
}
