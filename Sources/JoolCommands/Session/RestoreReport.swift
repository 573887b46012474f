import JoolCore
import JoolSession

/// What became of the sessions of a file.
struct RestoreReport: Hashable, Sendable {
  var path: String
  var snapshot: TableSnapshot
  var instance: InstanceName
  /// The age of the file in milliseconds.
  var age: UInt64
  var counts = SessionRestoration.Counts()
  /// Whether a signal has ended the restoration.
  var isInterrupted = false
  /// The first error of the module.
  var refusal: JoolError?

  /// Whether a session is not there that should be.
  var isIncomplete: Bool { counts.lost > 0 }

  /// The text for standard output.
  var text: String {
    """
    \(counts.stored) of \(snapshot.count) sessions were restored from '\(path)', which is \(age / 1000) s old; \
    \(counts.present) were there already, \(counts.expired) have expired since.
    """
  }

  var json: JSONValue {
    .object([
      ("file", .string(path)), ("file_instance", .text(snapshot.group)), ("instance", .text(instance)),
      ("saved_at", .string(TimeText.utc(snapshot.taken.timeOfDay))), ("age_ms", .number(age)),
      ("sessions", .number(snapshot.count)), ("stored", .number(UInt64(counts.stored))),
      ("already_there", .number(UInt64(counts.present))), ("expired", .number(UInt64(counts.expired))),
      ("outside_pool4", .number(UInt64(counts.outsidePool4))),
      ("contradicting", .number(UInt64(counts.contradicting))), ("missing", .number(UInt64(counts.missing))),
      ("interrupted", .boolean(isInterrupted)),
    ])
  }

  /// The text for standard error if sessions are missing, with its final newline.
  func errorText(programName: String) -> String {
    var lines = ["Error: \(counts.lost) of \(snapshot.count) sessions were not restored:"]
    func add(_ count: Int, _ reason: String, _ remedy: String) {
      if count > 0 { lines += ["- \(count): \(reason)", "  (\(remedy))"] }
    }
    add(
      counts.outsidePool4, "Their IPv4 addresses and ports are not in pool4 of instance '\(instance)'.",
      "Add them with `\(programName) -i \(instance) pool4 add`, and restore again.")
    add(
      counts.contradicting,
      "The instance has bindings that give their clients other addresses, or their addresses to other clients.",
      "`\(programName) -i \(instance) bib display` prints them. Restore before traffic arrives.")
    let reason =
      if isInterrupted { "A signal has interrupted the restoration." } else if let refusal {
        "The module does not have them. Its first error was: \(refusal.line)"
      } else { "The module does not have them, although they were sent to it." }
    add(counts.missing, reason, "Restore again to add them.")
    return lines.map { "\($0)\n" }.joined()
  }
}
