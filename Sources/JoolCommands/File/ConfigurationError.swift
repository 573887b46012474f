import JoolCore

/// What a configuration file says that makes no sense, and where.
struct ConfigurationError: Error, Hashable, Sendable {
  enum Reason: Hashable, Sendable {
    case wrongType(name: String, JSONValue, expected: String)
    case unknownTag(String)
    case repeatedTag(String)
    case missing(child: String, object: String)
    case outOfRange(name: String, number: String, least: UInt32, greatest: UInt32)
    case unknownFramework(String)
    case unknownProtocol(String)
    case unknownIterations(String)
    case value(ArgumentError)
  }

  var reason: Reason
  var position: TextPosition

  /// What the program leaves with.
  var status: ExitStatus {
    switch reason {
    case .repeatedTag: ExitStatus(truncating: -17)  // −EEXIST
    case .value(let error): CommandFailure.invalid(error).status
    default: .invalid
    }
  }

  /// What is said after `Error: `.
  var text: String {
    switch reason {
    case .wrongType(let name, let value, let expected):
      switch value.content {
      case .array: "The '\(name)' element appears to be an array, not a '\(expected)'."
      case .object: "The '\(name)' element appears to be an object, not a '\(expected)'."
      default: "The '\(name)' element '\(value.shownText)' is not a valid \(expected)."
      }
    case .unknownTag(let name): "Unknown tag: '\(name)'"
    case .repeatedTag(let name): "Multiple '\(name)' tags found. Aborting..."
    case .missing(let child, let object): "Object '\(object)' is missing the '\(child)' child."
    case .outOfRange(let name, let number, let least, let greatest):
      "\(name) \(number) is out of range (\(least)-\(greatest))."
    case .unknownFramework(let text): "Unknown framework: '\(text)'"
    case .unknownProtocol(let text): "Protocol '\(text)' is unknown."
    case .unknownIterations(let text): "Unrecognized string: '\(text)'"
    case .value(let error): CommandFailure.text(of: error)
    }
  }
}
