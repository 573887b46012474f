import JoolCore

/// A filter as it is written on the command line.
extension SessionFilter {
  /// The options of the filter, separated by blanks; empty if there is no criterion.
  var options: String {
    var words = L4Protocol.allCases.filter(protocols.contains).map { "--\($0.description.lowercased())" }
    if let source6 { words.append("--source6 \(source6)") }
    if let source4 { words.append("--source4 \(source4)") }
    if let destination4 { words.append("--destination4 \(destination4)") }
    let names = Set(states.map(\.description))
    if !names.isEmpty { words.append("--state " + TCPStates.names.filter(names.contains).joined(separator: ",")) }
    if let expiresUnder { words.append("--expires-under \(expiresUnder)") }
    if let expiresOver { words.append("--expires-over \(expiresOver)") }
    return words.joined(separator: " ")
  }

  /// Reads what `options` writes.
  /// - Throws: The errors of the command line.
  init(options text: String) throws(ArgumentError) {
    let words = text.split(separator: " ").map(String.init)
    do throws(OperationArgumentError) {
      let parsed = try FilterLine.syntax.parse(words[...], into: FilterLine(), typedName: "", order: .anywhere)
      guard case .run(let line) = parsed else {
        throw OperationArgumentError(operationName: "", error: .tooManyArguments)
      }
      self = line.selection.filter
    } catch {
      throw error.error == .tooManyArguments
        ? .refusedOption("A filter consists of options, for example: --tcp --source6 2001:db8::/64") : error.error
    }
  }
}

/// The options of a filter as an operation of its own.
private struct FilterLine: Sendable {
  var selection = RowSelection()

  static var syntax: Syntax<Self> {
    Syntax(
      options: Syntax.protocolSet(\.selection.filter.protocols, "", letters: false)
        + Syntax.clients(\.selection, "sessions") + Syntax.sessionCriteria(\.selection), common: [])
  }
}
