import Glibc
import JoolDaemon
import JoolSession

/// `session proxy keygen`: prints a line for a key file, with a new key.
struct KeyGeneration: Command {
  var syntax: Syntax<Self> { Syntax() }

  /// Prints the key.
  ///
  /// Its number is the current time in seconds, so that each new key has a new number.
  func run(in context: CommandContext) {
    context.output.write(KeyRing.newLine(id: UInt32(truncatingIfNeeded: time(nil))) + "\n")
  }
}
