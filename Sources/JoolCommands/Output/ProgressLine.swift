import Glibc
import JoolSession

/// A line on a terminal that shows how far a command is.
struct ProgressLine {
  private let sink: OutputSink?
  private var width = 0
  private var next: Instant

  /// The time between two changes of the line, and before the first one: short work shows none.
  private static let interval = TimeAmount.milliseconds(200)

  /// Whether standard error is a terminal.
  static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  init(in context: CommandContext) {
    sink = context.showsProgress() ? context.messages.sink : nil
    next = .now + Self.interval
  }

  /// Replaces the line, unless the last change was a moment ago.
  mutating func show(_ text: @autoclosure () -> String) {
    guard let sink, Instant.now >= next else { return }
    next = .now + Self.interval
    let line = text()
    sink.write("\r" + line + String(repeating: " ", count: max(0, width - line.utf8.count)))
    sink.flush()
    width = line.utf8.count
  }

  /// Removes the line.
  mutating func clear() {
    guard let sink, width > 0 else { return }
    sink.write("\r" + String(repeating: " ", count: width) + "\r")
    sink.flush()
    width = 0
  }
}
