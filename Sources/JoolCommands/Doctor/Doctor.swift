import JoolCore
import JoolSession

/// `doctor`: finds what keeps the translators of this network namespace from working, and prints how to mend it.
///
/// Prints nothing if it finds nothing. Changes nothing.
struct Doctor: Command {
  var json = false

  var syntax: Syntax<Self> { Syntax(options: [Syntax.json(\.json)]) }

  func run(in context: CommandContext) throws(CommandFailure) {
    let report = try DoctorVisit(context: context).report()
    for gap in report.gaps { context.messages.note(gap) }
    if json {
      var rows = JSONRows<HealthFinding>(output: context.output)
      rows.write(report.findings)
      rows.finish()
    } else {
      context.output.write(report.findings.map(\.text).joined(separator: "\n"))
    }
    if !report.findings.isEmpty { throw .unhealthy(findings: report.findings.count) }
  }
}

/// What an examination has found.
struct DoctorReport {
  var findings: [HealthFinding] = []
  /// What could not be examined, as sentences.
  var gaps: [String] = []

  mutating func add(_ checks: [any HealthCheck]) {
    for check in checks {
      findings += check.findings
      gaps += check.gaps.filter { !gaps.contains($0) }
    }
  }
}

extension HealthFinding: JSONRepresentable {
  /// The finding as a block of lines.
  var text: String {
    var lines = [problem, "  Consequence: \(consequence)"]
    for (index, command) in commands.enumerated() {
      lines.append("  \(index == 0 ? "Remedy: " : "        ")\(command)")
    }
    if let advice { lines.append("  Advice: \(advice)") }
    return lines.joined(separator: "\n") + "\n"
  }

  var json: JSONValue {
    .object([
      ("check", .string(check)), ("instance", instance.map { .string($0) } ?? .null), ("problem", .string(problem)),
      ("consequence", .string(consequence)), ("commands", .array(commands.map { .string($0) })),
      ("advice", advice.map { .string($0) } ?? .null),
    ])
  }
}
