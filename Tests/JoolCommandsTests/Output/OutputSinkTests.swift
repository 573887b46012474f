import JoolCore
import SystemPackage
import Testing

@testable import JoolCommands

@Suite struct OutputSinkTests {
  /// The text that a sink sends into a pipe while `body` writes, and the text that it sends at the final flush.
  private func bytesSent(
    _ buffering: OutputSink.Buffering, _ body: (OutputSink) -> Void
  ) throws -> (before: String, after: String) {
    let (reader, writer) = try FileDescriptor.pipe()
    defer { try? reader.close() }
    let sink = OutputSink(descriptor: writer, buffering: buffering)
    body(sink)
    let before = sink.text
    sink.flush()
    try writer.close()
    var block = [UInt8](repeating: 0, count: 1 << 16)
    let count = try block.withUnsafeMutableBytes { try reader.read(into: $0) }
    let all = String(decoding: block[..<count], as: UTF8.self)
    return (String(all.dropLast(before.count)), before)
  }

  @Test func sendsEachLineAtOnce() throws {
    let sent = try bytesSent(.lines) {
      $0.print("first")
      $0.write("sec")
    }
    #expect(sent.before == "first\n")
    #expect(sent.after == "sec")
  }

  @Test func sendsWholeBlocks() throws {
    let sent = try bytesSent(.blocks(first: 10, rest: 10)) {
      $0.print("12345678")
      $0.print("9")
      $0.print("rest")
    }
    #expect(sent.before == "12345678\n9\n")
    #expect(sent.after == "rest\n")
  }

  @Test func sendsTheFirstBlockEarlier() throws {
    let sent = try bytesSent(.blocks(first: 4, rest: 10)) {
      $0.print("123")
      $0.print("12345678")
      $0.print("9")
      $0.print("rest")
    }
    #expect(sent.before == "123\n12345678\n9\n")
    #expect(sent.after == "rest\n")
    let early = try bytesSent(.blocks(first: 4, rest: 10)) { $0.print("123") }
    #expect(early.before == "123\n")
  }

  @Test func reportsAFailedWrite() throws {
    let full = try FileDescriptor.open("/dev/full", .writeOnly)
    defer { try? full.close() }
    let error = OutputSink()
    let context = CommandContext(
      programName: "jool", translator: .nat64,
      output: OutputSink(descriptor: full, buffering: .blocks(first: 1024, rest: 1 << 16)),
      messages: MessagePrinter(sink: error))
    #expect(JoolProgram.run(["--version"], in: context).rawValue == 28)
    #expect(error.text == "Error: Could not write the output: No space left on device\n")
  }
}
