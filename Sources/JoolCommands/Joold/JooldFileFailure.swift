import SystemPackage

/// An error in one of `joold`'s files, and its position.
struct JooldFileFailure: Error, Hashable, Sendable {
  /// The kind of error.
  enum Reason: Hashable, Sendable {
    case unreadable(FileFailure)
    case syntax(JSONSyntaxError)
    case missing(field: String)
    case notString(field: String)
    case notInteger(field: String)
    case outOfRange(field: String, Int32)
    case badInstanceName
  }

  var path: String
  /// The position of the error; `nil` if the file could not be read.
  var position: TextPosition?
  var reason: Reason

  init(path: String, position: TextPosition?, reason: Reason) {
    self.path = path
    self.position = position
    self.reason = reason
  }

  init(_ path: String, _ failure: FileFailure) {
    if case .syntax(_, let error) = failure {
      self.init(path: path, position: error.position, reason: .syntax(error))
    } else {
      self.init(path: path, position: nil, reason: .unreadable(failure))
    }
  }

  /// The program's exit status.
  var status: ExitStatus {
    switch reason {
    case .unreadable(let failure): failure.status
    case .syntax, .outOfRange: ExitStatus(rawValue: 1)
    case .missing, .notString, .notInteger: ExitStatus(truncating: Errno.invalidArgument.rawValue)
    case .badInstanceName: .invalid
    }
  }

  /// The message, in the form `FILE:LINE:COLUMN: message`.
  var text: String {
    let place = position.map { "\(path):\($0.line):\($0.column)" } ?? path
    return "\(place): \(reason.text)"
  }
}

extension JooldFileFailure.Reason {
  fileprivate var text: String {
    switch self {
    case .unreadable(let failure): failure.text
    case .syntax(let error):
      """
      JSON syntax error: \(error.reason).
      The JSON parser got confused around about here:
      \(error.excerpt)
      """
    case .missing(let field): "The field '\(field)' is mandatory; please include it in the file."
    case .notString(let field): "Field '\(field)' is not a string."
    case .notInteger(let field): "Field '\(field)' is not a valid integer."
    case .outOfRange(let field, let value): "\(field) out of range: \(value) (0-255)"
    case .badInstanceName: "The instance name must be a null-terminated ascii string, 15 characters max."
    }
  }
}
