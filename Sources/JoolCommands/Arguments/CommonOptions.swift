import JoolCore

/// The options that control how a table is printed.
struct TableOptions: Hashable, Sendable {
  enum Format: Hashable, Sendable {
    case console, csv, json
  }

  var format = Format.console
  var noHeaders = false

  var csv: Bool { format == .csv }
}

/// A choice of one protocol.
///
/// A second choice is an error.
struct ProtocolChoice: Hashable, Sendable {
  private(set) var chosen: L4Protocol?

  init(_ chosen: L4Protocol? = nil) { self.chosen = chosen }

  /// The chosen protocol, or TCP if none was chosen.
  var orTCP: L4Protocol { chosen ?? .tcp }

  mutating func choose(_ proto: L4Protocol) throws(ArgumentError) {
    guard chosen == nil else { throw .onlyOneProtocol }
    chosen = proto
  }
}

extension Syntax {
  /// `--tcp`, `--udp` and `--icmp`, of which one may be given.
  /// - `action`: the start of the explanations, such as `Add the entry to`.
  /// - `defaultsToTCP`: whether help marks TCP as the default.
  static func protocols(
    _ choice: any WritableKeyPath<Operation, ProtocolChoice> & Sendable, _ action: String, defaultsToTCP: Bool = true
  ) -> [Option] {
    let table: [(String, Character, L4Protocol)] = [("tcp", "t", .tcp), ("udp", "u", .udp), ("icmp", "i", .icmp)]
    return table.map { name, letter, proto in
      let remark = defaultsToTCP && proto == .tcp ? " (default)" : ""
      return .flag(name, letter: letter, "\(action) the \(proto) table\(remark)") { (operation) throws(ArgumentError) in
        try operation[keyPath: choice].choose(proto)
      }
    }
  }

  /// `--tcp`, `--udp` and `--icmp`, of which several may be given.
  /// - `action`: the start of the explanations, such as `Print`.
  /// - `defaultsToTCP`: whether TCP is the default. The C client has these operations, and it refuses a repetition, too.
  /// - `letters`: whether the options have letters.
  static func protocolSet(
    _ choice: any WritableKeyPath<Operation, Set<L4Protocol>> & Sendable, _ action: String, defaultsToTCP: Bool = false,
    letters: Bool = true
  ) -> [Option] {
    let table: [(String, Character, L4Protocol)] = [("tcp", "t", .tcp), ("udp", "u", .udp), ("icmp", "i", .icmp)]
    return table.map { name, letter, proto in
      let remark = defaultsToTCP && proto == .tcp ? " (default)" : ""
      return .flag(name, letter: letters ? letter : nil, "\(action) the \(proto) table\(remark)") {
        (operation) throws(ArgumentError) in
        let isNew = operation[keyPath: choice].insert(proto).inserted
        if !isNew, defaultsToTCP { throw .onlyOneProtocol }
      }
    }
  }

  /// `--no-headers`, `--csv` and `--json`.
  ///
  /// The last format on the command line applies.
  static func table(_ options: any WritableKeyPath<Operation, TableOptions> & Sendable) -> [Option] {
    [
      .flag("no-headers", "Do not print table headers") { $0[keyPath: options].noHeaders = true },
      .flag("csv", "Print in CSV format") { $0[keyPath: options].format = .csv },
      .flag("json", "Print in JSON format") { $0[keyPath: options].format = .json },
    ]
  }

  /// `--json`, for operations that print no table.
  static func json(_ flag: any WritableKeyPath<Operation, Bool> & Sendable) -> Option {
    .flag("json", "Print in JSON format") { $0[keyPath: flag] = true }
  }

  /// `--numeric`.
  static func numeric(_ flag: any WritableKeyPath<Operation, Bool> & Sendable) -> Option {
    .flag("numeric", "Do not resolve names") { $0[keyPath: flag] = true }
  }

  /// `--force`.
  static func force(_ flag: any WritableKeyPath<Operation, Bool> & Sendable) -> Option {
    .flag("force", letter: "f", "Ignore warnings") { $0[keyPath: flag] = true }
  }

  /// `--quick`.
  static func quick(_ flag: any WritableKeyPath<Operation, Bool> & Sendable) -> Option {
    .flag("quick", letter: "q", "Do not cascade removal to BIB entries") { $0[keyPath: flag] = true }
  }
}

extension Optional {
  /// Stores the value of an argument.
  ///
  /// - Throws: `ArgumentError.tooManyArguments` if there is a value already.
  mutating func fill(_ value: Wrapped) throws(ArgumentError) {
    guard self == nil else { throw .tooManyArguments }
    self = value
  }
}
