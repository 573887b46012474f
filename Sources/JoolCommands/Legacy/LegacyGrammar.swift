import JoolCore

/// The mode of a 3.5 command line, which is the part of the configuration that it applies to.
///
/// The default is `global`.
enum LegacyMode: String, Hashable, Sendable {
  case global, instance, pool6, pool4, denylist4, pool6791, eamt, bib, session, joold, file

  /// The option that chooses the mode, without dashes.
  var option: String { self == .denylist4 ? "blacklist" : rawValue }
}

/// The operation of a 3.5 command line.
enum LegacyOperation: String, Hashable, Sendable {
  case display, count, add, update, remove, flush, advertise
}

/// An option that modifies an operation.
///
/// The raw value is its name.
enum LegacyModifier: String, Hashable, Sendable {
  case numeric, csv
  case noHeaders = "no-headers"
  case force, quick, mark
  case maxIterations = "max-iterations"
}

/// One line of a Syntax block of the manual: an operation of a mode, with the options and arguments that it accepts.
struct LegacyForm: Sendable {
  var mode: LegacyMode
  var operation: LegacyOperation
  var modifiers: Set<LegacyModifier>
  /// The modifiers that the operation requires.
  var needed: Set<LegacyModifier>
  /// Whether the operation accepts the options of protocols, which limit it to some of the three.
  var protocols: Bool
  /// The number of positional arguments that the operation accepts.
  var arguments: ClosedRange<Int>
}

/// The operations of one mode.
///
/// Their order is that in which `LegacyChoice` tries them if the operation is omitted.
struct LegacyModeGrammar: Sendable {
  var mode: LegacyMode
  var letter: Character?
  /// The only program that has the mode; both have it if `nil`.
  var onlyIn: TranslatorType?
  /// Whether the mode can be omitted if other words imply it.
  var canBeImplied = true
  private(set) var forms: [LegacyForm] = []

  init(_ mode: LegacyMode, letter: Character? = nil, onlyIn: TranslatorType? = nil, canBeImplied: Bool = true) {
    self.mode = mode
    self.letter = letter
    self.onlyIn = onlyIn
    self.canBeImplied = canBeImplied
  }

  /// The same mode with one more operation.
  func has(
    _ operation: LegacyOperation, _ modifiers: Set<LegacyModifier> = [], needs needed: Set<LegacyModifier> = [],
    protocols: Bool = false, arguments: ClosedRange<Int> = 0...0
  ) -> Self {
    var copy = self
    copy.forms.append(
      LegacyForm(
        mode: mode, operation: operation, modifiers: modifiers.union(needed), needed: needed, protocols: protocols,
        arguments: arguments))
    return copy
  }
}

/// The grammar of the command line of Jool 3.5, mode by mode, from its manual pages.
enum LegacyGrammar {
  private static let table: Set<LegacyModifier> = [.csv, .noHeaders]

  static let modes: [LegacyModeGrammar] = [
    LegacyModeGrammar(.global, letter: "g")
      .has(.display, table)
      .has(.update, [.force]),
    LegacyModeGrammar(.pool6, letter: "6")
      .has(.display, table).has(.count)
      .has(.add, [.force], arguments: 1...1)
      .has(.remove, [.quick], arguments: 1...1)
      .has(.flush, [.quick]),
    LegacyModeGrammar(.pool4, letter: "4", onlyIn: .nat64)
      .has(.display, table, protocols: true).has(.count, protocols: true)
      .has(.add, [.mark, .maxIterations, .force], protocols: true, arguments: 1...2)
      .has(.update, [.mark], needs: [.maxIterations], protocols: true)
      .has(.remove, [.mark, .quick], protocols: true, arguments: 1...2)
      .has(.flush, [.quick]),
    LegacyModeGrammar(.bib, letter: "b", onlyIn: .nat64)
      .has(.display, table.union([.numeric]), protocols: true).has(.count, protocols: true)
      .has(.add, protocols: true, arguments: 2...2)
      .has(.remove, protocols: true, arguments: 1...2),
    LegacyModeGrammar(.session, letter: "s", onlyIn: .nat64)
      .has(.display, table.union([.numeric]), protocols: true).has(.count, protocols: true),
    LegacyModeGrammar(.joold, onlyIn: .nat64)
      .has(.advertise),
    LegacyModeGrammar(.eamt, letter: "e", onlyIn: .siit)
      .has(.display, table).has(.count)
      .has(.add, [.force], arguments: 2...2)
      .has(.remove, arguments: 1...2)
      .has(.flush),
    prefixes(.denylist4),
    prefixes(.pool6791),
    LegacyModeGrammar(.file, letter: "p", canBeImplied: false)
      .has(.update, [.force]),
    LegacyModeGrammar(.instance, canBeImplied: false)
      .has(.add)
      .has(.remove),
  ]

  private static func prefixes(_ mode: LegacyMode) -> LegacyModeGrammar {
    LegacyModeGrammar(mode, onlyIn: .siit)
      .has(.display, table).has(.count)
      .has(.add, [.force], arguments: 1...1)
      .has(.remove, arguments: 1...1)
      .has(.flush)
  }

  /// The ports of `--pool4 --add ADDRESS`: all ports (ICMP identifiers) that packets of the protocol can have.
  static func allPorts(of proto: L4Protocol) -> PortRange {
    proto == .icmp ? PortRange(0, .max) : PortRange(1, .max)
  }

  /// The modes that the program for this type of translator has.
  static func modes(of translator: TranslatorType) -> [LegacyModeGrammar] {
    modes.filter { $0.onlyIn == nil || $0.onlyIn == translator }
  }
}
