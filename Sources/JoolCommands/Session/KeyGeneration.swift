import Glibc
import JoolSession

/// `session proxy keygen`: a line for a key file, with a new key.
enum KeyGeneration {
  /// No multicast group has this name.
  static let word = "keygen"

  /// The number is the time, so that each new key has a new one.
  static func run(in context: CommandContext) {
    context.output.write(KeyRing.newLine(id: UInt32(truncatingIfNeeded: time(nil))) + "\n")
  }
}
