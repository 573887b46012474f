import Glibc
import JoolCore

/// The signals with which a user interrupts a command that should not end in the middle of a step.
enum Interruption {
  /// Blocks the signals from now on.
  ///
  /// - Returns: a function that returns whether one of them has arrived.
  static func watch() -> () -> Bool {
    let owner = SignalOwner()
    return { owner.hasArrived() }
  }

  /// Owns the descriptor for the function.
  private final class SignalOwner {
    // If there is no descriptor, the signals end the program as usual.
    private let signals = try? SignalDescriptor([SIGINT, SIGTERM, SIGHUP])
    private var hasCome = false

    func hasArrived() -> Bool {
      if !hasCome, signals?.next() != nil { hasCome = true }
      return hasCome
    }
  }
}
