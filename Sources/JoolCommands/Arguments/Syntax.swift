import Glibc

/// The options and arguments of an operation: the table that drives parsing, `--help`, `--usage` and completion.
struct Syntax<Operation>: Sendable {
  /// An option and its effect on the operation.
  struct Option: Sendable {
    var declaration: OptionDeclaration
    var apply: @Sendable (inout Operation, String) throws(ArgumentError) -> Void
  }

  /// A kind of completion for an operation's arguments.
  enum Completion: Hashable, Sendable {
    /// Suggestions for positional arguments, then the options.
    case options(suggestions: [String])
    /// No suggestions; the shell may offer file names of its own.
    case none
  }

  var options: [Option] = []
  /// The options that the operation accepts besides its own.
  var common = OptionDeclaration.common
  /// The positional arguments as help shows them, such as `IP4PREFIX PORT_RANGE`; empty if there are none.
  var arguments = ""
  var completion = Completion.options(suggestions: [])
  var argumentKind = ValueKind.other
  /// Stores the next positional argument.
  ///
  /// Throws `.tooManyArguments` if the operation accepts no more.
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
  /// - `noun`: the kind of word, for the error message, such as `log level`.
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

  /// The same option for an operation that contains this one.
  func within<Whole>(_ path: any WritableKeyPath<Whole, Operation> & Sendable) -> Syntax<Whole>.Option {
    Syntax<Whole>.Option(declaration: declaration) { [apply] (whole, text) throws(ArgumentError) in
      try apply(&whole[keyPath: path], text)
    }
  }

  /// The same option without abbreviations, for options that the C client lacks.
  var unabbreviated: Self {
    var copy = self
    copy.declaration.requiresFullName = true
    return copy
  }

  /// The same option without a place in help and completion, for options whose use is explained by an error.
  var hidden: Self {
    var copy = self
    copy.declaration.isHidden = true
    return copy
  }
}

/// The result of parsing an operation's arguments.
enum ParsedArguments<Operation> {
  case run(Operation)
  /// Print this text and stop, because of `--help`, `--usage` or `--version`.
  case print(String)
}

/// An `ArgumentError` and the name that its message starts with.
struct OperationArgumentError: Error, Hashable, Sendable {
  var operationName: String
  var error: ArgumentError
}

extension Syntax {
  /// Applies options, then positional arguments, to `operation`.
  ///
  /// The first error stops the parsing.
  /// - `typedName`: the operation as typed, for messages.
  /// - `subwords`: the words that may follow the operation instead of arguments, for help.
  /// - `order`: the position at which options are allowed. It depends on the environment variable `POSIXLY_CORRECT`.
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
