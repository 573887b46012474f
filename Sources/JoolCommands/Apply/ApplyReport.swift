import JoolCore

/// Prints the changes of `apply`: lines as they are made, or one JSON object at the end.
struct ApplyReport {
  private let plan: ApplyPlan
  private let isDry: Bool
  private let isJSON: Bool
  private let output: OutputSink
  /// The number of changes that were made.
  private(set) var madeCount = 0

  init(plan: ApplyPlan, isDry: Bool, isJSON: Bool, output: OutputSink) {
    (self.plan, self.isDry, self.isJSON, self.output) = (plan, isDry, isJSON, output)
  }

  /// Prints the next changes.
  mutating func show(_ changes: [ConfigurationChange], areMade: Bool) {
    if areMade { madeCount += changes.count }
    if !isJSON { changes.flatMap(\.lines).forEach(output.print) }
  }

  /// Prints the JSON object.
  ///
  /// It contains all changes, also those that were not made.
  func finish() {
    guard isJSON else { return }
    let changes = plan.difference.changes.enumerated().map { $1.json(isMade: $0 < madeCount) }
    let report = JSONValue.object([
      ("instance", .text(plan.file.instance)), ("method", .string(plan.difference.method.rawValue)),
      ("dry_run", .boolean(isDry)), ("changes", .array(changes)),
    ])
    output.print(report.text(expanding: 2))
  }
}
