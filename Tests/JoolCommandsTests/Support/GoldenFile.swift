import Glibc

@testable import JoolCommands

/// A command line and the recorded answer of the C program.
///
/// `Golden/README.md` describes the files.
struct GoldenCase: Sendable, CustomStringConvertible {
  var scenario: String
  var id: String
  /// The command line; the first element is the program.
  var arguments: [String]
  var outcome = Outcome()
  /// Whether the lines of the output may be in any order.
  var isUnordered = false
  /// The text that this client prints on standard error after that of the C client.
  var addition = ""
  /// The comment before the case: the reason why this client differs.
  var remark = ""

  var description: String { "\(scenario) \(id): \(arguments.joined(separator: " "))" }
}

/// The output and the exit status of a program.
struct Outcome: Hashable, Sendable {
  var output = ""
  var error = ""
  var status: UInt8 = 0
}

enum GoldenFile {
  static let folder: String = {
    let path = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
    return "/" + path + "/Golden/"
  }()

  /// The cases of a scenario.
  ///
  /// Those of `SCENARIO.ours.txt`, where this client differs on purpose, replace those of the C programs.
  static func cases(of scenario: String) -> [GoldenCase] {
    let ours = Dictionary(
      uniqueKeysWithValues: read(scenario + ".ours", scenario: scenario, mustExist: false).map { ($0.id, $0) })
    return read(scenario, scenario: scenario, mustExist: true).map { theirs in
      guard let own = ours[theirs.id] else { return theirs }
      guard !own.addition.isEmpty else { return own }
      var both = theirs
      both.outcome.error += own.addition
      return both
    }
  }

  /// The cases of a file, without replacement.
  static func read(_ name: String, scenario: String, mustExist: Bool) -> [GoldenCase] {
    guard let bytes = try? FileReader.bytes(of: folder + name + ".txt") else {
      precondition(!mustExist, "there is no \(folder)\(name).txt")
      return []
    }
    var cases: [GoldenCase] = []
    var remark = ""
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      let rest = String(line.dropFirst(2))
      switch line.prefix(2) {
      case "# ": remark = rest
      case "= ": cases.append(GoldenCase(scenario: scenario, id: rest, arguments: [], remark: remark))
      case "$ ": cases[cases.count - 1].arguments = words(of: rest)
      case "| ", "|": cases[cases.count - 1].outcome.output += rest + "\n"
      case "||": cases[cases.count - 1].outcome.output += rest.dropFirst()
      case "! ", "!": cases[cases.count - 1].outcome.error += rest + "\n"
      case "!!": cases[cases.count - 1].outcome.error += rest.dropFirst()
      case "? ": cases[cases.count - 1].outcome.status = UInt8(rest) ?? .max
      case "+ ": cases[cases.count - 1].addition += rest + "\n"
      case "~": cases[cases.count - 1].isUnordered = true
      default: precondition(line.hasPrefix("#"), "\(name): unknown line '\(line)'")
      }
    }
    return cases
  }

  /// Splits a command line at blanks, except in single quotes.
  static func words(of line: String) -> [String] {
    var words: [String] = []
    var word: String?
    var isQuoted = false
    for character in line {
      switch character {
      case "'":
        isQuoted.toggle()
        word = word ?? ""
      case " " where !isQuoted:
        if let finished = word { words.append(finished) }
        word = nil
      default: word = (word ?? "") + String(character)
      }
    }
    return words + (word.map { [$0] } ?? [])
  }
}
