import Glibc

/// What an operation accepts: the table behind parsing, `--help`, `--usage` and completion.
struct Syntax<Operation>: Sendable {
  /// An option and what it does to the operation.
  struct Option: Sendable {
    var declaration: OptionDeclaration
    var apply: @Sendable (inout Operation, String) throws(ArgumentError) -> Void
  }

  /// A kind of completion for an operation's arguments.
  enum Completion: Hashable, Sendable {
    /// Suggestions for positional arguments, then the options.
    case options(suggestions: [String])
    /// Nothing, so that the shell offers file names or nothing at all.
    case none
  }

  var options: [Option] = []
  /// What the operation takes besides its own options.
  var common = OptionDeclaration.common
  /// How help shows the positional arguments, such as `IP4PREFIX PORT_RANGE`; empty if there are none.
  var arguments = ""
  var completion = Completion.options(suggestions: [])
  var argumentKind = ValueKind.other
  /// Takes the next positional argument. Throws `.tooManyArguments` if there is no place for it.
  var argument: @Sendable (inout Operation, String) throws(ArgumentError) -> Void = {
    (_, _) throws(ArgumentError) in throw .tooManyArguments
  }

  /// The declarations in the order of the table: own options, then the common ones.
  var declarations: [OptionDeclaration] { options.map(\.declaration) + common }
}

extension Syntax.Option {
  /// An option without a value.
  static func flag(
    _ name: String, letter: Character? = nil, _ explanation: String,
    _ apply: @escaping @Sendable (inout Operation) throws(ArgumentError) -> Void
  ) -> Self {
    Self(declaration: OptionDeclaration(name: name, letter: letter, explanation: explanation)) {
      (operation, _) throws(ArgumentError) in try apply(&operation)
    }
  }

  /// An option with a mandatory value.
  static func value(
    _ name: String, letter: Character? = nil, _ placeholder: String, _ explanation: String,
    suggestions: [String] = [], kind: ValueKind = .other,
    _ apply: @escaping @Sendable (inout Operation, String) throws(ArgumentError) -> Void
  ) -> Self {
    Self(
      declaration: OptionDeclaration(
        name: name, letter: letter, value: .required(placeholder), explanation: explanation, suggestions: suggestions,
        valueKind: kind),
      apply: apply)
  }

  /// An option whose value is one of a few words.
  ///
  /// - Parameter noun: what such a word is, for the error.
  static func choice<Choice: RawRepresentable<String> & Sendable>(
    _ name: String, _ explanation: String, noun: String, of choices: [Choice],
    _ path: any WritableKeyPath<Operation, Choice> & Sendable
  ) -> Self {
    .value(name, "STR", explanation, suggestions: choices.map(\.rawValue)) {
      (operation, text) throws(ArgumentError) in
      guard let choice = choices.first(where: { $0.rawValue == text }) else {
        throw .notChoice(text, noun: noun, choices: choices.map(\.rawValue))
      }
      operation[keyPath: path] = choice
    }
  }

  /// The same option, never abbreviated: one that the C client lacks.
  var unabbreviated: Self {
    var copy = self
    copy.declaration.requiresFullName = true
    return copy
  }
}

/// What came of an operation's arguments.
enum ParsedArguments<Operation> {
  case run(Operation)
  /// `--help` and its kin: print this and stop.
  case print(String)
}

/// An `ArgumentError` and the name that its message starts with.
struct OperationArgumentError: Error, Hashable, Sendable {
  var operationName: String
  var error: ArgumentError
}

extension Syntax {
  /// Applies options, then positional arguments, to `operation`; the first problem stops it.
  ///
  /// - Parameters:
  ///   - typedName: the operation as typed, for messages.
  ///   - subwords: the words that may follow the operation instead of arguments, for help.
  ///   - order: where options may stand; the environment decides (`POSIXLY_CORRECT`).
  func parse(
    _ words: ArraySlice<String>, into operation: Operation, typedName: String, subwords: [Word] = [],
    order: OptionScanner.Order
  ) throws(OperationArgumentError) -> ParsedArguments<Operation> {
    var operation = operation
    var name = typedName
    let declarations = self.declarations
    var scanner = OptionScanner(words, declarations: declarations, order: order)
    do throws(ArgumentError) {
      while let item = try next(from: &scanner) {
        switch item {
        case .argument(let text):
          try argument(&operation, text)
        case .option(let index, let value) where index < options.count:
          try options[index].apply(&operation, value ?? "")
        case .option(let index, let value):
          switch declarations[index] {
          case .help: return .print(usageText(name, subwords).help)
          case .usage: return .print(usageText(name, subwords).usage)
          case .version: return .print(ProgramIdentity.version + "\n")
          case .programName: name = value ?? name
          default: sleep(try UInt32(argument: value ?? "3600"))
          }
        }
      }
    } catch {
      throw OperationArgumentError(operationName: name, error: error)
    }
    return .run(operation)
  }

  private func next(from scanner: inout OptionScanner) throws(ArgumentError) -> OptionScanner.Item? {
    do throws(OptionError) { return try scanner.next() } catch { throw .option(error) }
  }

  private func usageText(_ name: String, _ subwords: [Word]) -> UsageText {
    UsageText(
      name: name, options: options.map(\.declaration), common: common, arguments: arguments, subwords: subwords)
  }
}
