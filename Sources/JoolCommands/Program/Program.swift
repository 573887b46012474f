import Glibc
import JoolCore

/// The programs `jool`, `jool_siit` and `joold`: one file with three names.
public enum Program: Sendable {
  /// `jool`: configures a NAT64.
  case nat64
  /// `jool_siit`: configures an SIIT.
  case siit
  /// `joold`: synchronizes the sessions of a NAT64, with its arguments in two files.
  case joold

  /// The program of that name.
  ///
  /// Only the beginning of the name counts, because a program may have been renamed to `jool_siit.distrib`.
  ///
  /// - Parameters:
  ///   - name: The name that was typed, with or without directories.
  ///   - file: The path of the program's file. Its name is used if `name` does not begin with `jool`, because a symbolic
  ///     link may have any name.
  init(name: String, file: @autoclosure () -> String? = nil) {
    var name = name.split(separator: "/").last ?? ""
    if !name.hasPrefix("jool") { name = file()?.split(separator: "/").last ?? "" }
    if name.hasPrefix("jool_siit") {
      self = .siit
    } else {
      self = name.hasPrefix("joold") ? .joold : .nat64
    }
  }

  /// The type of translator that the program works with.
  var translator: TranslatorType {
    switch self {
    case .nat64, .joold: .nat64
    case .siit: .siit
    }
  }

  /// Runs the command line of this process, prints errors and flushes the output.
  ///
  /// Blocks until the command ends; a proxy ends at a signal.
  ///
  /// - Returns: The exit status.
  public static func main() -> ExitStatus {
    StandardDescriptors.reserve()
    let arguments = ProcessArguments.all
    let name = arguments.first ?? "jool"
    let program = Program(name: name, file: ProcessArguments.executable)
    var context = CommandContext(
      programName: name, translator: program.translator, output: .standardOutput(),
      messages: MessagePrinter(sink: .standardError()))
    if getenv("POSIXLY_CORRECT") != nil { context.invocation.optionOrder = .beforeArguments }
    context.messages.givesHints =
      getenv("JOOL_NO_HINTS").map { $0.pointee == 0 || $0.pointee == CChar(UInt8(ascii: "0")) } ?? true
    return program.run(Array(arguments.dropFirst()), in: context)
  }

  /// Runs the command line, given without the program's name, and prints a failure.
  func run(_ words: [String], in context: CommandContext) -> ExitStatus {
    switch self {
    case .nat64, .siit: JoolProgram.run(words, in: context)
    case .joold: JooldProgram.run(words, in: context)
    }
  }
}
