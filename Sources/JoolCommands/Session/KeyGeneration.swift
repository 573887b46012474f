import Glibc
import JoolDaemon
import JoolSession

/// `session proxy keygen`: a line for a key file, with a new key.
struct KeyGeneration: Command {
  var syntax: Syntax<Self> { Syntax() }

  /// The number is the time, so that each new key has a new one.
  func run(in context: CommandContext) {
    context.output.write(KeyRing.newLine(id: UInt32(truncatingIfNeeded: time(nil))) + "\n")
  }
}
