import SystemPackage

/// What is wrong with a configuration file.
enum FileFailure: Error, Hashable, Sendable {
  case cannotOpen(path: String, Errno)
  case cannotRead(path: String, Errno)
  case isDirectory(path: String)
  case syntax(path: String, JSONSyntaxError)
  /// A value of the wrong type: its key, the value, and what it should have been.
  case wrongType(path: String, name: String, JSONValue, expected: String)
  case noInstanceName

  /// What the program leaves with.
  var status: ExitStatus {
    switch self {
    case .cannotOpen(_, let errno), .cannotRead(_, let errno): ExitStatus(truncating: errno.rawValue)
    case .isDirectory: ExitStatus(truncating: Errno.invalidArgument.rawValue)
    case .syntax, .wrongType, .noInstanceName: .invalid
    }
  }

  /// What is said after `Error: `.
  var text: String {
    switch self {
    case .cannotOpen(let path, let errno): "Could not open file \"\(path)\": \(errno)"
    case .cannotRead(let path, let errno): "Could not read file \"\(path)\": \(errno)"
    case .isDirectory(let path):
      "Could not seek the end of file \"\(path)\" (1): \(Errno.invalidArgument)"
    case .syntax(let path, let error):
      """
      The JSON parser got confused around the beginning of this string:
      \(error.excerpt)
      (\(path), \(error.position): \(error.reason))
      """
    case .wrongType(let path, let name, let value, let expected):
      switch value.content {
      case .array: "The '\(name)' element appears to be an array, not a '\(expected)'."
      case .object: "The '\(name)' element appears to be an object, not a '\(expected)'."
      default:
        name == "root"
          ? "The 'root' element '\(value.shownText)' is not a valid \(expected)."
          : "The '\(name)' element '\(value.shownText)' is not a valid \(expected). (\(path), \(value.position))"
      }
    case .noInstanceName: "The file does not contain an instance name."
    }
  }
}

extension JSONSyntaxError.Reason: CustomStringConvertible {
  var description: String {
    switch self {
    case .expectedValue: "expected a value"
    case .expectedKey: "expected a key in double quotes"
    case .expectedColon: "expected ':' after the key"
    case .expectedCommaOrEnd(let closing): "expected ',' or '\(closing)'"
    case .nestedTooDeeply(let limit): "more than \(limit) levels of nesting"
    }
  }
}

extension JSONValue {
  /// The value as messages show it: an integer if 32 bits can hold it, else six decimals.
  var shownText: String {
    switch content {
    case .null: "null"
    case .boolean(let value): value ? "true" : "false"
    case .string(let text): text
    case .array: "[...]"
    case .object: "{...}"
    case .number(let number): Int32(exactly: number.rounded(.towardZero)).map { String($0) } ?? String(number)
    }
  }
}
