import Glibc

@testable import JoolCommands

/// `docs/compatibility.md`: the text of `Golden/differences.md`, then every waived case of `Tests/VM/golden`.
enum CompatibilityPage {
  /// The cases of all `.ours.txt` files, in order.
  static func cases() throws -> [GoldenCase] {
    let suffix = ".ours.txt"
    return try names(in: GoldenFile.folder).filter { $0.hasSuffix(suffix) }.sorted().flatMap { name in
      let scenario = String(name.dropLast(suffix.count))
      return GoldenFile.read(scenario + ".ours", scenario: scenario, mustExist: true)
    }
  }

  /// The part that is written by hand.
  static func template() throws -> String {
    String(decoding: try FileReader.bytes(of: GoldenFile.folder + "differences.md"), as: UTF8.self)
  }

  static func text() throws -> String {
    var page =
      try template() + """

        ## Every case

        All commands of the tests that are answered differently from the C client of a version, on its module. The number
        is that of the tables above, where it has one.

        | case | versions | command | status of the C client | status here | why |
        |---|---|---|---|---|---|

        """
    for row in try GoldenWaivers().rows() { page += "| \(row.joined(separator: " | ")) |\n" }
    return page
  }

  /// The cases that the tables name, such as `bib` 001, 003–005.
  static func namedCases(in text: String) -> Set<String> {
    var named: Set<String> = []
    for match in text.matches(of: /`([a-z0-9-]+)` ((?:\d{3}(?:–\d{3})?(?:, )?)+)/) {
      for range in match.2.split(separator: ",") {
        let bounds = range.filter { $0 != " " }.split(separator: "–").compactMap { Int($0) }
        guard let first = bounds.first, let last = bounds.last else { continue }
        for number in first...last {
          let digits = String(number)
          named.insert("\(match.1) " + String(repeating: "0", count: 3 - digits.count) + digits)
        }
      }
    }
    return named
  }

  /// The names in a folder.
  static func names(in path: String) throws -> [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      names.append(
        withUnsafePointer(to: &entry.pointee.d_name) { pointer in
          pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        })
    }
    return names
  }
}
