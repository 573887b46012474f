import Foundation
import JoolCore
import TestSupport

/// One captured exchange with a real module (Fixtures/vectors/VERSION.jsonl, an exchange a line).
struct Vector: Decodable, Sendable, CustomStringConvertible {
  let name: String
  let module: String
  let familyID: UInt16
  let messages: [Message]
  let decoded: [JSONValue]

  struct Message: Decodable, Sendable {
    /// `to-kernel`, `from-kernel`, `mcast`, `udp`.
    let dir: String
    let hex: String
  }

  private enum CodingKeys: String, CodingKey {
    case name, module, messages, decoded
    case familyID = "family_id"
  }

  var description: String { "\(module) \(name)" }

  static let versions = ["4.1.9", "4.1.13", "4.1.15"]

  /// pool6 of the captures, except those of `nat64-instance-*`, which move no sessions.
  static let pool6 = IPv6Prefix(address: IPv6Address(bits: 0x64_ff9b << 96), length: 96)

  /// Read once for all tests: it takes seconds.
  private static let files = Dictionary(
    uniqueKeysWithValues: versions.map { version in (version, Result { try read(version: version) }) })

  static func all(of version: String) throws -> [Vector] { try files[version]?.get() ?? [] }

  private static func read(version: String) throws -> [Vector] {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/vectors/\(version).jsonl")
    return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map {
      try JSONDecoder().decode(Vector.self, from: Data($0.utf8))
    }
  }
}
