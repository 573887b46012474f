import JoolCore

/// A report about the translation of an address: the result and the rule that applied.
struct TranslationReport {
  var query: AnyIPAddress
  var translation: AddressTranslation

  /// The translated address.
  var result: String { translation.address.description }

  /// The report as five lines, without the last newline.
  var verbose: String {
    let reason: String
    let operation: String
    switch (translation.rule, query) {
    case (.pool6(let prefix), .v4):
      reason = "RFC 6052 prefix\n    Prefix: \(prefix)"
      operation = "\(prefix) + \(query)"
    case (.pool6(let prefix), .v6):
      reason = "RFC 6052 prefix\n    Prefix: \(prefix)"
      operation = "\(query) - \(prefix)"
    case (.eam(let eam), .v4):
      reason = "EAMT\n    EAM: \(eam.prefix6) | \(eam.prefix4)"
      operation = "\(query) - \(eam.prefix4) + \(eam.prefix6)"
    case (.eam(let eam), .v6):
      reason = "EAMT\n    EAM: \(eam.prefix6) | \(eam.prefix4)"
      operation = "\(query) - \(eam.prefix6) + \(eam.prefix4)"
    }
    return """
        Query: \(query)
        Scheme: \(reason)
        Operation: \(operation) = \(result)
        Result: \(result)
      """
  }
}
