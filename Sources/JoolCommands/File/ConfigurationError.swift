import JoolCore

/// An error in the contents of a configuration file, and its position.
struct ConfigurationError: Error, Hashable, Sendable {
  /// The kind of error.
  enum Reason: Hashable, Sendable {
    case wrongType(name: String, JSONValue, expected: String)
    /// The object has a key that no such object may have. `known` lists the keys that it may have.
    case unknownTag(String, of: ConfigurationObject, known: [String])
    /// The key belongs to the other type of translator, whose program is named.
    case tagOfTheOther(String, program: String)
    case repeatedTag(String, first: TextPosition)
    case missing(child: String, object: String)
    case outOfRange(name: String, number: String, least: UInt32, greatest: UInt32)
    case unknownFramework(String)
    case unknownProtocol(String)
    case unknownIterations(String)
    case value(ArgumentError)
    /// The module would refuse the configuration, for this reason.
    case refused(ConfigurationFinding.Problem)
    /// The module would refuse the configuration without `--force`. Warnings with the reasons were printed before.
    case needsForce
  }

  var reason: Reason
  var position: TextPosition
  /// The advice, where it cannot be derived from the reason.
  var hint: String?

  /// The program's exit status.
  var status: ExitStatus {
    switch reason {
    case .repeatedTag: ExitStatus(truncating: -17)  // −EEXIST
    case .value(let error): CommandFailure.invalid(error).status
    default: .invalid
    }
  }

  /// The message, to be printed after `Error: `.
  var text: String {
    switch reason {
    case .wrongType(let name, let value, let expected):
      switch value.content {
      case .array: "The '\(name)' element appears to be an array, not a '\(expected)'."
      case .object: "The '\(name)' element appears to be an object, not a '\(expected)'."
      default: "The '\(name)' element '\(value.shownText)' is not a valid \(expected)."
      }
    case .unknownTag(let name, _, _), .tagOfTheOther(let name, _): "Unknown tag: '\(name)'"
    case .repeatedTag(let name, _): "Multiple '\(name)' tags found. Aborting..."
    case .missing(let child, let object): "Object '\(object)' is missing the '\(child)' child."
    case .outOfRange(let name, let number, let least, let greatest):
      "\(name) \(number) is out of range (\(least)-\(greatest))."
    case .unknownFramework(let text): "Unknown framework: '\(text)'"
    case .unknownProtocol(let text): "Protocol '\(text)' is unknown."
    case .unknownIterations(let text): "Unrecognized string: '\(text)'"
    case .value(let error): CommandFailure.text(of: error)
    case .refused(let problem): problem.text
    case .needsForce: "`file handle` refuses the file without --force."
    }
  }

  /// How to correct the error, if the text does not say it.
  var advice: String? { hint ?? reason.advice }
}

extension ConfigurationError.Reason {
  fileprivate var advice: String? {
    switch self {
    case .unknownTag(let name, let kind, let known):
      OldKey.advice(on: name, in: kind) ?? kind.advice(on: name) ?? Self.advice(on: name, known: known)
    case .tagOfTheOther(_, let program): "only files of \(program) have it"
    case .repeatedTag(_, let first): "the first one is at \(first.line):\(first.column)"
    case .unknownFramework: "expected \"netfilter\" or \"iptables\""
    case .unknownProtocol: "expected \"TCP\", \"UDP\" or \"ICMP\""
    case .unknownIterations: "expected a number, \"auto\" or \"infinity\""
    case .missing("pool6", _): "add \"global\": {\"pool6\": \"64:ff9b::/96\"}"
    case .missing(let child, _): "add the key \"\(child)\""
    case .refused(let problem): problem.advice
    case .needsForce: "`file check --force` accepts it"
    case .wrongType, .outOfRange, .value: nil
    }
  }

  private static func advice(on name: String, known: [String]) -> String? {
    if let nearest = NearestName.of(name, among: known) { return "did you mean \"\(nearest)\"?" }
    return known.count <= 8 ? "the keys are: \(known.map { "\"\($0)\"" }.joined(separator: ", "))" : nil
  }
}
