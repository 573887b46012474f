@testable import JoolCommands
@testable import JoolCore

/// `docs/jool.8`: the options and operations of both programs, from the tables that drive parsing and help, and then
/// `docs/manual-ending.roff`.
enum ManualPage {
  static func text() throws -> String {
    var page = """
      .\\" Made by docs/generate from the programs' own tables and manual-ending.roff.
      .TH JOOL 8 "" "swift-jool" "System Administration"
      .SH NAME
      jool, jool_siit, joold \\- configure the NAT64 and SIIT translators of the kernel module Jool
      .SH SYNOPSIS
      .B jool
      .RI [ OPTION ...]
      .I MODE OPERATION
      .RI [ ARGUMENT ...]
      .br
      .B jool_siit
      .RI [ OPTION ...]
      .I MODE OPERATION
      .RI [ ARGUMENT ...]
      .SH DESCRIPTION
      .B jool
      configures NAT64 instances, and
      .B jool_siit
      SIIT instances. Modes, operations, keys and options may be abbreviated if the abbreviation is unambiguous.
      Without arguments the variables of the instance
      .B default
      are displayed. This fails if the instance does not answer.
      .SH OPTIONS

      """
    page += RootOptions.declarations.map(option).joined()
    page += """
      .PP
      Every operation also accepts \(escaped(names(of: OptionDeclaration.common.filter { !$0.isHidden }))); and, as
      programs with GNU argp do, \(escaped(names(of: OptionDeclaration.common.filter(\.isHidden)))).

      """
    for (title, translator) in [("NAT64", TranslatorType.nat64), ("SIIT", .siit)] {
      page += ".SH OPERATIONS OF \(title)\n"
      for mode in CommandTable.words(of: translator).words { page += entries([], mode) }
    }
    page += """
      .SH OPTIONS OF JOOL 3.5
      See COMMAND LINES OF JOOL 3.5, below.

      """
    for (program, translator) in [("jool", TranslatorType.nat64), ("jool_siit", .siit)] {
      page += ".TP\n.B \(program)\n\(escaped(names(of: LegacyOptions(translator: translator).declarations))).\n"
    }
    return page + String(decoding: try FileReader.bytes(of: ending), as: UTF8.self)
  }

  /// The entries of a word and of all words that may follow it.
  private static func entries(_ path: [String], _ word: Word) -> String {
    let path = path + [word.name]
    if case .completion = word.meaning { return section(path, "", word.explanation, []) }
    if let key = word.words.first?.command as? GlobalUpdate {
      let keys = word.words.map(\.name).joined(separator: ", ")
      return section(path, "KEY VALUE", "Keys: \(keys)", key.syntax.options.map(\.declaration))
    }
    let own = word.command.map { entry(path, $0, word.explanation) } ?? ""
    return own + word.words.map { entries(path, $0) }.joined()
  }

  private static func entry(_ path: [String], _ command: some Command, _ explanation: String) -> String {
    let syntax = command.syntax
    return section(path, syntax.arguments, explanation, syntax.options.map(\.declaration).filter { !$0.isHidden })
  }

  private static func section(
    _ path: [String], _ arguments: String, _ explanation: String, _ options: [OptionDeclaration]
  ) -> String {
    let title = (path + (arguments.isEmpty ? [] : [arguments])).joined(separator: " ")
    return ".SS \(escaped(title))\n" + (explanation.isEmpty ? "" : "\(escaped(explanation)).\n")
      + options.map(option).joined()
  }

  private static func option(_ option: OptionDeclaration) -> String {
    ".TP\n.B \(escaped(name(of: option)))\n\(escaped(option.explanation)).\n"
  }

  /// For example `-f, --file FILE`.
  private static func name(of option: OptionDeclaration) -> String {
    let letters = [option.letter, option.secondLetter].compactMap { $0 }.map { "-\($0)" }
    let value =
      switch option.value {
      case .none: ""
      case .required(let placeholder): " " + placeholder
      case .optional(let placeholder): "[=\(placeholder)]"
      }
    return (letters + ["--\(option.name)\(value)"]).joined(separator: ", ")
  }

  private static func names(of options: [OptionDeclaration]) -> String {
    options.map { name(of: $0) }.joined(separator: ", ")
  }

  private static func escaped(_ text: String) -> String { text.replacing("-", with: "\\-") }

  /// The part that is written by hand: the session proxy, the exit status and the environment.
  private static let ending =
    "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/") + "/docs/manual-ending.roff"
}
