import Foundation
import TestSupport

/// An exchange with the real module of 4.1.15, from the fixtures of JoolCoreTests.
struct CapturedExchange: Decodable, Sendable, CustomStringConvertible {
  let name: String
  private let messages: [Message]

  private struct Message: Decodable {
    let dir: String
    let hex: String
  }

  var description: String { name }

  /// The requests, each with the messages that answered it.
  var steps: [(request: [UInt8], answers: [[UInt8]])] {
    var steps: [(request: [UInt8], answers: [[UInt8]])] = []
    for message in messages {
      let raw = bytes(hex: message.hex)
      if message.dir == "to-kernel" { steps.append((raw, [])) } else { steps[steps.count - 1].answers.append(raw) }
    }
    return steps
  }

  static let all: Result<[String: CapturedExchange], any Error> = Result {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "JoolCoreTests/Fixtures/vectors/4.1.15.jsonl")
    let exchanges = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map {
      try JSONDecoder().decode(CapturedExchange.self, from: Data($0.utf8))
    }
    return Dictionary(exchanges.map { ($0.name, $0) }) { first, _ in first }
  }
}
