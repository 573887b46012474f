@testable import JoolCommands

extension JSONLine {
  /// The object.
  var text: String {
    let output = OutputSink()
    output.write(capacity: 512, write)
    return output.text
  }
}
