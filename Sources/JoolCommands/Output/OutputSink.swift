import Glibc
import SystemPackage

/// Where a program writes text: a descriptor with a large buffer, or memory.
///
/// Belongs to one thread.
final class OutputSink: TextOutputStream {
  /// When written text leaves the buffer by itself.
  enum Buffering {
    /// After each line.
    case lines
    /// Never.
    case unlimited
    /// When this many bytes have gathered.
    case block(Int)
  }

  private let descriptor: FileDescriptor?
  private let buffering: Buffering
  private var buffer: [UInt8] = []
  /// The first error that writing met; what was written after it is lost.
  private(set) var failure: Errno?

  /// Writes to a descriptor, which stays open.
  init(descriptor: FileDescriptor, buffering: Buffering) {
    self.descriptor = descriptor
    self.buffering = buffering
  }

  /// Keeps everything in `text`.
  init() {
    descriptor = nil
    buffering = .unlimited
  }

  /// Standard output: in large blocks, unless somebody watches it arrive.
  static func standardOutput() -> OutputSink {
    OutputSink(descriptor: .standardOutput, buffering: isatty(STDOUT_FILENO) == 1 ? .lines : .block(1 << 16))
  }

  /// Standard error: at once.
  static func standardError() -> OutputSink { OutputSink(descriptor: .standardError, buffering: .lines) }

  /// What was written and not sent to a descriptor.
  var text: String { String(decoding: buffer, as: UTF8.self) }

  func write(_ text: String) {
    buffer.append(contentsOf: text.utf8)
    switch buffering {
    case .lines: if buffer.last == UInt8(ascii: "\n") { flush() }
    case .unlimited: break
    case .block(let size): if buffer.count >= size { flush() }
    }
  }

  /// Writes a line.
  func print(_ line: String) {
    write(line + "\n")
  }

  /// What could not be written was no data, such as a daemon's banner: the program has not failed.
  func forgetFailure() { failure = nil }

  /// Sends what the buffer holds.
  func flush() {
    guard let descriptor, !buffer.isEmpty else { return }
    defer { buffer.removeAll(keepingCapacity: true) }
    guard failure == nil else { return }
    do {
      try descriptor.writeAll(buffer)
    } catch {
      failure = error as? Errno ?? .ioError
    }
  }
}
