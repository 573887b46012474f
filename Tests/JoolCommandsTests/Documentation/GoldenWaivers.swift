import Foundation

/// The differences between the programs' answers and those of the C clients on the real modules, from
/// `Tests/VM/golden/waivers.json`.
struct GoldenWaivers {
  struct Waiver: Decodable {
    var versions: [String]
    var argv: String
    var reason: String
    /// The version with the same answer or waiver.
    var `as`: String?
    var prints: Answer?
  }

  /// The exit status of an answer.
  struct Answer: Decodable {
    /// A number, or the name of a signal.
    var status: String

    private enum CodingKeys: String, CodingKey { case exit }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      if let number = try? container.decode(Int.self, forKey: .exit) {
        status = String(number)
      } else {
        status = try container.decode(String.self, forKey: .exit)
      }
    }
  }

  /// The waivers of each case, by "SCENARIO/ID".
  let byCase: [String: [Waiver]]

  private static let folder = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/") + "/VM/golden/"

  init() throws {
    byCase = try JSONDecoder().decode([String: [Waiver]].self, from: Self.contents("waivers.json"))
  }

  func isWaived(_ name: String, in version: String) -> Bool {
    byCase[name]?.contains { $0.versions.contains(version) } == true
  }

  /// The rows of a table: case, versions, command, status of the C client, status of this client, reason.
  func rows() throws -> [[String]] {
    var recorded: [String: [String: String]] = [:]
    func status(_ name: String, in version: String) throws -> String {
      let scenario = String(name.prefix { $0 != "/" })
      let key = "\(version)/\(scenario)"
      if recorded[key] == nil { recorded[key] = try Self.statuses(scenario, version: version) }
      return recorded[key]?[String(name.drop { $0 != "/" }.dropFirst())] ?? "?"
    }
    return try byCase.sorted { $0.key < $1.key }.flatMap { name, waivers in
      try waivers.map { waiver in
        let theirs = try status(name, in: waiver.versions[0])
        var ours = waiver.prints?.status
        if let version = waiver.as {
          ours = try waivers.first { $0.versions.contains(version) }?.prints?.status ?? status(name, in: version)
        }
        let command = "`\(waiver.argv.replacing("|", with: "\\|").replacing("\n", with: "\\n"))`"
        return [name, waiver.versions.joined(separator: ", "), command, theirs, ours ?? "?", waiver.reason]
      }
    }
  }

  private static func statuses(_ scenario: String, version: String) throws -> [String: String] {
    struct Scenario: Decodable {
      struct Case: Decodable { var id: String }
      var cases: [Case]
    }
    struct Answers: Decodable { var cases: [Answer] }
    let data = try contents("\(version)/\(scenario).json")
    let cases = try JSONDecoder().decode(Scenario.self, from: data).cases
    let answers = try JSONDecoder().decode(Answers.self, from: data).cases
    return Dictionary(uniqueKeysWithValues: zip(cases.map(\.id), answers.map(\.status)))
  }

  private static func contents(_ name: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: folder + name))
  }
}
