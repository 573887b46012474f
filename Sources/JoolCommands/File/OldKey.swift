import JoolCore

/// A kind of object in a configuration file.
enum ConfigurationObject: Hashable, Sendable {
  case root
  case global
  /// An entry of a table.
  case entry

  /// The advice for a key that belongs in another object.
  func advice(on name: String) -> String? {
    let name = name.lowercased()
    return switch self {
    case .root: GlobalKey.named(name).map { "it belongs in \"global\": \"global\": {\"\($0.name)\": …}" }
    case .global: ConfigurationReader.rootKeys.contains(name) ? "it belongs beside \"global\", not inside it" : nil
    case .entry: nil
    }
  }
}

/// A key in the configuration files of old releases, and advice about its replacement.
///
/// The keys are from the documentation of 3.5 and 4.0 (atomic configuration, global flags). The names that old command
/// lines used for variables are in `LegacyGlobalFlag`; the files of 3.4 used the same names.
struct OldKey: Hashable, Sendable {
  var name: String
  var kinds: Set<ConfigurationObject>
  var advice: String

  /// The advice for an old key in an object of this kind, or `nil` if it is not an old key.
  static func advice(on name: String, in kind: ConfigurationObject) -> String? {
    let name = name.lowercased()
    return all.first { $0.name.lowercased() == name && $0.kinds.contains(kind) }?.advice
  }

  /// The text that replaces a number, where releases before 4.0 wrote milliseconds or the number of a mode.
  static func hint(number: UInt32, type: GlobalType) -> String? {
    switch type {
    case .timeout:
      "times are texts since Jool 4.0: \"\(Timeouts.text(milliseconds: number))\" is \(number) milliseconds"
    case .hairpinMode:
      GlobalKey.hairpinModes.indices.contains(Int(number))
        ? "modes are words since Jool 4.0: \"\(GlobalKey.hairpinModes[Int(number)])\" is \(number)" : nil
    default: nil
    }
  }

  private static let all: [OldKey] =
    [
      OldKey(
        name: "pool6", kinds: [.root], advice: #"since Jool 4.0 it belongs in "global": "global": {"pool6": …}"#),
      OldKey(name: "blacklist", kinds: [.root], advice: #"since Jool 4.1.4 it is called "denylist4""#),
      OldKey(
        name: "pool6791", kinds: [.root, .global],
        advice: #"since Jool 4.0 it is one prefix, in "global", and called "rfc6791v4-prefix""#),
      renamed("pool6791v4", "rfc6791v4-prefix"),
      renamed("pool6791v6", "rfc6791v6-prefix"),
      OldKey(name: "trace", kinds: [.root, .global], advice: #"since Jool 4.1.2 "logging-debug" replaces it"#),
      gone("fragment-arrival-timeout"), gone("toFrag"),
      OldKey(name: "file_type", kinds: [.root], advice: "Jool 4.0 removed it: leave it out"),
      OldKey(name: "boostMTU", kinds: [.root, .global], advice: #"since Jool 3.5 "lowest-ipv6-mtu" replaces it"#),
    ]
    + LegacyRemoval.all.filter { !["pool6791", "boostMTU"].contains($0.name) }.map {
      OldKey(name: $0.name, kinds: [.root, .global], advice: "Jool \($0.since) removed it: leave it out")
    }
    + LegacyGlobalFlag.older.map { old, key in
      OldKey(name: old, kinds: [.root, .global], advice: "today it is called \"\(key.name)\"")
    }

  private static func gone(_ old: String) -> OldKey {
    OldKey(name: old, kinds: [.root, .global], advice: "Jool 4.0 removed it: leave it out")
  }

  private static func renamed(_ old: String, _ today: String) -> OldKey {
    OldKey(
      name: old, kinds: [.root, .global], advice: "it is called \"\(today)\" and belongs in \"global\"")
  }
}
