import Foundation
import JoolCore
import Testing

@testable import JoolCommands

/// A recorded exchange with a real module (one line of Fixtures/vectors/VERSION.jsonl).
struct Vector: Sendable, CustomStringConvertible {
  let name: String
  let module: String
  let familyID: UInt16
  let messages: [Message]
  let decoded: [JSONValue]

  struct Message: Sendable {
    /// `to-kernel`, `from-kernel`, `mcast`, `udp`.
    let dir: String
    let hex: String
  }

  private init(_ line: JSONValue) throws {
    name = try line.value("name").text(named: "name")
    module = try line.value("module").text(named: "module")
    familyID = try UInt16(line.value("family_id").unsigned(named: "family_id", 0...UInt32(UInt16.max)))
    messages = try line.value("messages").elements(named: "messages").map { message in
      Message(dir: try message.value("dir").text(named: "dir"), hex: try message.value("hex").text(named: "hex"))
    }
    decoded = try line.value("decoded").elements(named: "decoded").map(\.normalized)
  }

  var description: String { "\(module) \(name)" }

  static let versions = ["4.1.9", "4.1.13", "4.1.15"]

  /// The pool6 of all recordings but those of `nat64-instance-*`, which contain no sessions.
  static let pool6 = IPv6Prefix(address: IPv6Address(bits: 0x64_ff9b << 96), length: 96)

  /// The vectors by version.
  ///
  /// They are read once for all tests, because reading takes seconds.
  private static let files = Dictionary(
    uniqueKeysWithValues: versions.map { version in (version, Result { try read(version: version) }) })

  static func all(of version: String) throws -> [Vector] { try files[version]?.get() ?? [] }

  private static func read(version: String) throws -> [Vector] {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/vectors/\(version).jsonl")
    return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map {
      try Vector(JSONReader.read(Array($0.utf8), isWhole: true))
    }
  }
}

extension JSONValue {
  fileprivate func value(_ name: String) throws -> JSONValue { try #require(member(named: name)).value }
}
