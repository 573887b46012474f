import JoolCore

/// The change in the terms of the file.
extension ConfigurationChange {
  /// The key of the file's root object whose value changes.
  var part: String {
    switch self {
    case .framework: "framework"
    case .global: "global"
    case .addPool4, .removePool4, .limitIterations: "pool4"
    case .addBIB, .removeBIB: "bib"
    case .addEAM, .removeEAM: "eamt"
    case .addDenylist4, .removeDenylist4: "denylist4"
    }
  }

  /// The value or entry that runs and is not in the file.
  var removed: JSONValue? {
    switch self {
    case .framework(let before, _): before.map(JSONValue.text)
    case .global(let key, let before, _): before.map { Self.item(key, $0) }
    case .limitIterations(let entry, let before): Self.item(entry, before)
    case .removePool4(let entry): entry.fileItem
    case .removeBIB(let entry): entry.fileItem
    case .removeEAM(let entry): entry.fileItem
    case .removeDenylist4(let prefix): .text(prefix)
    case .addPool4, .addBIB, .addEAM, .addDenylist4: nil
    }
  }

  /// The value or entry of the file that does not run.
  var added: JSONValue? {
    switch self {
    case .framework(_, let after): .text(after)
    case .global(let key, _, let after): Self.item(key, after)
    case .limitIterations(let entry, _): Self.item(entry, entry.iterations)
    case .addPool4(let entry): entry.fileItem
    case .addBIB(let entry): entry.fileItem
    case .addEAM(let entry): entry.fileItem
    case .addDenylist4(let prefix): .text(prefix)
    case .removePool4, .removeBIB, .removeEAM, .removeDenylist4: nil
    }
  }

  /// A line with `-` for what is removed, and one with `+` for what is added.
  var lines: [String] {
    [("-", removed), ("+", added)].compactMap { sign, item in item.map { "\(sign) \(part) \($0.text())\(remark)" } }
  }

  func json(isMade: Bool) -> JSONValue {
    .object([
      ("part", .string(part)), ("removed", removed ?? .null), ("added", added ?? .null), ("made", .boolean(isMade)),
    ])
  }

  private var remark: String {
    if case .removeBIB(let entry) = self, !entry.isStatic { " (dynamic)" } else { "" }
  }

  private static func item(_ key: GlobalKey, _ value: GlobalValue) -> JSONValue {
    .object([(key.name, GlobalSetting(key: key, value: value).fileValue)])
  }

  /// What identifies a table of pool4, and its limit.
  private static func item(_ entry: Pool4Entry, _ iterations: MaxIterations) -> JSONValue {
    let limit = iterations.fileValue ?? .null
    return .object([("protocol", .text(entry.proto)), ("mark", .number(entry.mark)), ("max-iterations", limit)])
  }
}
