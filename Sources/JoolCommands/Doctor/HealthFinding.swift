/// A fault that keeps a translator from working, and how to mend it.
struct HealthFinding: Hashable, Sendable {
  /// The name of the kind of fault, for programs.
  ///
  /// `docs/doctor.md` lists the names, which do not change.
  var check: String
  /// The instance that has the fault; `nil` if the machine has it.
  var instance: String?
  /// The fault, as a sentence.
  var problem: String
  /// The effect of the fault, as a sentence.
  var consequence: String
  /// The commands that mend the fault, in their order.
  var commands: [String] = []
  /// What no command can do or decide, as sentences.
  var advice: String?
}

/// A check of `jool doctor`: facts that were read from the machine, and what follows from them.
///
/// Reading happens in the initializer. `findings` depends on nothing but the facts.
protocol HealthCheck {
  /// The faults; empty if there are none.
  var findings: [HealthFinding] { get }
  /// What could not be read, as sentences.
  var gaps: [String] { get }
}

extension HealthCheck {
  var gaps: [String] { [] }
}
