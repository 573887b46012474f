import Glibc
import SystemPackage

/// A destination for a program's text: a descriptor with a buffer, or memory.
///
/// Not thread-safe: only one thread may use it.
final class OutputSink: TextOutputStream {
  /// The condition under which the buffer is flushed automatically.
  enum Buffering {
    /// After each line.
    case lines
    /// Never.
    case unlimited
    /// When the buffer holds this many bytes; `first` applies to the first block.
    case blocks(first: Int, rest: Int)
  }

  private let descriptor: FileDescriptor?
  private let buffering: Buffering
  private var buffer: [UInt8] = []
  private var isFirstBlock = true
  /// The first error of writing to the descriptor.
  ///
  /// Text written after it is lost.
  private(set) var failure: Errno?

  /// Writes to a descriptor, which stays open.
  init(descriptor: FileDescriptor, buffering: Buffering) {
    self.descriptor = descriptor
    self.buffering = buffering
  }

  /// Keeps all text in memory; see `text`.
  init() {
    descriptor = nil
    buffering = .unlimited
  }

  /// Standard output, flushed in blocks of 64 KiB, or after each line if it is a terminal.
  ///
  /// The first block is shorter than a page of a list, so that the reader of a long list sees rows at once.
  static func standardOutput() -> OutputSink {
    let isTerminal = isatty(STDOUT_FILENO) == 1
    return OutputSink(
      descriptor: .standardOutput, buffering: isTerminal ? .lines : .blocks(first: 1024, rest: 1 << 16))
  }

  /// Standard error, flushed after each line.
  static func standardError() -> OutputSink { OutputSink(descriptor: .standardError, buffering: .lines) }

  /// Whether the text goes to a terminal.
  var isTerminal: Bool { descriptor.map { isatty($0.rawValue) == 1 } ?? false }

  /// The text in the buffer, which was not sent to a descriptor.
  var text: String { String(decoding: buffer, as: UTF8.self) }

  func write(_ text: String) {
    buffer.append(contentsOf: text.utf8)
    flushIfDue()
  }

  /// Writes a line.
  func print(_ line: String) {
    write(line + "\n")
  }

  /// Writes text into the buffer, without making a `String` of it.
  ///
  /// The program ends if the text has more bytes than `capacity`.
  func write(capacity: Int, _ content: (inout OutputSpan<UInt8>) -> Void) {
    buffer.append(addingCapacity: capacity, initializingWith: content)
    flushIfDue()
  }

  /// Writes a line in the same way.
  func printLine(capacity: Int, _ content: (inout OutputSpan<UInt8>) -> Void) {
    write(capacity: capacity + 1) { line in
      content(&line)
      line.append(UInt8(ascii: "\n"))
    }
  }

  /// Clears `failure`.
  ///
  /// For text that is not data, such as a daemon's banner: the program has not failed if it is lost.
  func forgetFailure() { failure = nil }

  private func flushIfDue() {
    switch buffering {
    case .lines: if buffer.last == UInt8(ascii: "\n") { flush() }
    case .unlimited: break
    case .blocks(let first, let rest):
      guard buffer.count >= (isFirstBlock ? first : rest) else { return }
      isFirstBlock = false
      flush()
    }
  }

  /// Writes the buffer to the descriptor, if there is one.
  ///
  /// Blocks until that is done.
  func flush() {
    guard let descriptor, !buffer.isEmpty else { return }
    defer { buffer.removeAll(keepingCapacity: true) }
    guard failure == nil else { return }
    var rest = buffer[...]
    do {
      // `writeAll` is generic, which costs more at the start of a program than the text.
      while !rest.isEmpty { rest.removeFirst(try rest.withUnsafeBytes { try descriptor.write($0) }) }
    } catch {
      failure = error as? Errno ?? .ioError
    }
  }
}
