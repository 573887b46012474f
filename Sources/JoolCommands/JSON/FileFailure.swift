import Glibc
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
  case configuration(path: String, ConfigurationError)
  /// `-i` and the file name different instances.
  case otherInstance(given: String, inFile: String)

  /// What the program leaves with.
  var status: ExitStatus {
    switch self {
    case .cannotOpen(_, let errno), .cannotRead(_, let errno): ExitStatus(truncating: errno.rawValue)
    case .isDirectory: ExitStatus(truncating: Errno.invalidArgument.rawValue)
    case .configuration(_, let error): error.status
    case .syntax, .wrongType, .noInstanceName, .otherInstance: .invalid
    }
  }

  /// Where to look, for people.
  var place: String? {
    switch self {
    case .syntax(let path, let error): "\(path), \(error.position): \(error.reason)"
    case .wrongType(let path, _, let value, _): "\(path), \(value.position)"
    case .configuration(let path, let error): "\(path), \(error.position)"
    default: nil
    }
  }

  /// What is said after `Error: `.
  var text: String {
    switch self {
    case .cannotOpen(let path, let errno): "Could not open file \"\(path)\": \(errno)"
    case .cannotRead(let path, let errno): "Could not read file \"\(path)\": \(errno)"
    case .isDirectory(let path):
      "Could not seek the end of file \"\(path)\" (1): \(Errno.invalidArgument)"
    case .syntax(_, let error):
      """
      The JSON parser got confused around the beginning of this string:
      \(error.excerpt)
      """
    case .wrongType(_, let name, let value, let expected): value.isNot(expected, name: name).text
    case .configuration(_, let error): error.text
    case .otherInstance(let given, let inFile):
      """
      The -i command line argument (\(given)) does not match the instance name defined in the file (\(inFile)).
      You might want to delete one of them.
      """
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
    case .number(let number): Self.shown(number)
    }
  }

  private static func shown(_ number: Double) -> String {
    if let integer = Int64(exactly: number.rounded(.towardZero)), Int64(Int32.min)...Int64(UInt32.max) ~= integer {
      return String(integer)
    }
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { buffer in
      guard let start = buffer.baseAddress else { return "" }
      _ = withVaList([number]) { vsnprintf(start, buffer.count, "%f", $0) }
      return String(cString: start)
    }
  }
}
