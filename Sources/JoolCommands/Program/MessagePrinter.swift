/// What a program prints on standard error: failures, warnings and hints, as text or as JSON.
struct MessagePrinter {
  var sink: OutputSink
  /// Whether failures and warnings are printed as JSON.
  var isJSON = false
  /// Whether to hint at today's syntax for command lines that old releases accepted.
  var givesHints = true

  /// Prints a failure, and its place in a file if it has one.
  func print(_ failure: CommandFailure, programName: String) {
    guard !isJSON else { return sink.print(failure.json(programName: programName).text()) }
    sink.write(failure.message(programName: programName))
    if let place = failure.place { sink.print("(\(place))") }
  }

  /// Prints a warning about something that is done nevertheless.
  /// - `place`: the place in a file that the warning refers to.
  func warn(_ text: String, at place: FilePlace? = nil) {
    guard !isJSON else {
      let members: [(String, JSONValue)] = [("message", .string(text))] + (place?.jsonMembers ?? [])
      return sink.print(JSONValue.object([("warning", .object(members))]).text())
    }
    sink.print("Warning: \(text)")
    if let place { sink.print("(\(place))") }
  }

  /// Prints what a command could not do, although it did the rest.
  func note(_ text: String) {
    guard !isJSON else {
      return sink.print(JSONValue.object([("note", .object([("message", .string(text))]))]).text())
    }
    sink.print("Note: \(text)")
  }

  /// Prints a hint, unless hints are disabled or messages are JSON.
  func hint(_ text: String) {
    if givesHints, !isJSON { sink.print(text) }
  }
}
