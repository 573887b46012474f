import Glibc
import SystemPackage

/// An error that prevents the use of a configuration file.
enum FileFailure: Error, Hashable, Sendable {
  case cannotOpen(path: String, Errno)
  case cannotRead(path: String, Errno)
  case isDirectory(path: String)
  /// The file is a pipe or device, and reading it could block.
  case notRegular(path: String)
  case syntax(path: String, JSONSyntaxError)
  case noInstanceName
  case configuration(path: String, ConfigurationError)
  /// `-i` and the file name different instances.
  case otherInstance(given: String, inFile: String)

  /// The program's exit status.
  var status: ExitStatus {
    switch self {
    case .cannotOpen(_, let errno), .cannotRead(_, let errno): ExitStatus(truncating: errno.rawValue)
    case .isDirectory: ExitStatus(truncating: Errno.invalidArgument.rawValue)
    case .configuration(_, let error): error.status
    case .syntax, .noInstanceName, .otherInstance, .notRegular: .invalid
    }
  }

  /// The place in the file, with advice, if the contents are wrong.
  var place: FilePlace? {
    switch self {
    case .syntax(let path, let error):
      FilePlace(path: path, position: error.position, advice: error.reason.description)
    case .configuration(let path, let error):
      FilePlace(path: path, position: error.position, advice: error.advice)
    default: nil
    }
  }

  /// The message, to be printed after `Error: `.
  var text: String {
    switch self {
    case .cannotOpen(let path, let errno): "Could not open file \"\(path)\": \(errno)"
    case .cannotRead(let path, let errno): "Could not read file \"\(path)\": \(errno)"
    case .isDirectory(let path):
      "Could not seek the end of file \"\(path)\" (1): \(Errno.invalidArgument)"
    case .notRegular(let path): "\"\(path)\" is not a regular file, so it cannot be read again."
    case .syntax(_, let error):
      """
      The JSON parser got confused around the beginning of this string:
      \(error.excerpt)
      """
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

/// A place in a file that an error or warning refers to.
struct FilePlace: Hashable, Sendable, CustomStringConvertible {
  var path: String
  var position: TextPosition
  /// The advice how to correct the place.
  var advice: String?

  /// `FILE:LINE:COLUMN`, as editors and other tools understand it, and the advice.
  var description: String {
    "\(path):\(position.line):\(position.column)" + (advice.map { ": \($0)" } ?? "")
  }
}

extension JSONSyntaxError.Reason: CustomStringConvertible {
  var description: String {
    switch self {
    case .expectedValue: "expected a value"
    case .expectedKey: "expected a key in double quotes"
    case .expectedColon: "expected ':' after the key"
    case .expectedCommaOrEnd(let closing): "expected ',' or '\(closing)'"
    case .expectedEnd: "expected the end of the file"
    case .comment: "JSON has no comments; use the key \"comment\", which is ignored everywhere"
    case .nestedTooDeeply(let limit): "more than \(limit) levels of nesting"
    }
  }
}

extension JSONValue {
  /// The value as messages show it.
  ///
  /// An integer has no decimals if 32 bits can hold it, and six decimals otherwise.
  var shownText: String {
    switch content {
    case .null: "null"
    case .boolean(let value): value ? "true" : "false"
    case .string(let text): text
    case .array: "[...]"
    case .object: "{...}"
    case .number: Self.shown(number ?? 0)
    }
  }

  private static func shown(_ number: Double) -> String {
    if number.isFinite, number != number.rounded(.towardZero) { return "\(number)" }
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
