@testable import JoolCommands
@testable import JoolCore

/// `docs/jool.8`: what both programs take, from the tables that drive parsing and help; then `docs/manual-ending.roff`.
enum ManualPage {
  static func text() throws -> String {
    var page = """
      .\\" Made by docs/generate from the programs' own tables and manual-ending.roff.
      .TH JOOL 8 "" "swift-jool" "System Administration"
      .SH NAME
      jool, jool_siit, joold \\- steer the NAT64 and SIIT translators of the kernel module Jool
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
      steers NAT64 instances,
      .B jool_siit
      SIIT instances. Modes, operations, keys and options may be abbreviated as long as that is unambiguous.
      Without arguments the variables of the instance
      .B default
      are displayed, which fails if it does not answer.
      .SH OPTIONS
      .TP
      .BR \\-i ", " \\-\\-instance " \\fINAME\\fR"
      The instance, if it is not
      .BR default .
      .TP
      .BR \\-f ", " \\-\\-file " \\fIFILE\\fR"
      Take the instance's name from a configuration file.
      .TP
      .BR \\-? ", " \\-\\-help ", " \\-\\-usage ", " \\-V ", " \\-\\-version
      Help; each operation has its own, too.

      """
    for (title, translator) in [("NAT64", TranslatorType.nat64), ("SIIT", .siit)] {
      page += ".SH OPERATIONS OF \(title)\n"
      for mode in CommandTable.words(of: translator).words where !mode.isHidden {
        for operation in mode.words where !operation.isHidden { page += entry([mode.name], operation, translator) }
      }
    }
    return page + String(decoding: try FileReader.bytes(of: ending), as: UTF8.self)
  }

  private static func entry(_ path: [String], _ word: Word, _ translator: TranslatorType) -> String {
    guard case .operation(let command) = word.meaning else {
      let keys = word.words.filter { !$0.isHidden }.map(\.name).joined(separator: ", ")
      return ".SS \((path + [word.name]).joined(separator: " ")) KEY VALUE [\\-\\-force]\nKeys: \(escaped(keys)).\n"
    }
    return entry((path + [word.name]).joined(separator: " "), command())
  }

  private static func entry(_ name: String, _ command: some Command) -> String {
    let syntax = command.syntax
    var text = ".SS \(escaped(name + (syntax.arguments.isEmpty ? "" : " " + syntax.arguments)))\n"
    for option in syntax.options.map(\.declaration) where !option.isHidden {
      let value = if case .required(let placeholder) = option.value { " " + placeholder } else { "" }
      let letter = option.letter.map { "\\-\($0), " } ?? ""
      text += ".TP\n.B \(letter)\(escaped("--" + option.name + value))\n\(escaped(option.explanation)).\n"
    }
    return text
  }

  private static func escaped(_ text: String) -> String { text.replacing("-", with: "\\-") }

  /// What the tables do not know, written by hand: the session proxy's own options, exit status, environment.
  private static let ending =
    "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/") + "/docs/manual-ending.roff"
}
