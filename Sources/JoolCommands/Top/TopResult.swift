import JoolCore

/// The result of a complete reading.
struct TopResult: Sendable {
  let selection: RowSelection
  let summary: TableSummary
  let pool4: [Pool4Use.Row]
  let outside: Int
  /// The sessions, for the comparison with the next reading.
  let keys: [UInt128]
  /// The numbers of TCP sessions in each state at the reading before.
  private let statesBefore: [Int]
  /// The time between the beginnings of the two readings; `nil` if they cannot be compared.
  private let span: Milliseconds?
  private let readingTime: Milliseconds

  /// - Parameters:
  ///   - reading: A complete reading.
  ///   - previous: The reading before, if there was one.
  ///   - span: The time from the beginning of the reading before to that of this one.
  ///   - readingTime: The time that the reading took.
  init(_ reading: TopReading, previous: TopResult?, span: Milliseconds?, readingTime: Milliseconds) {
    selection = reading.selection
    summary = reading.summary
    pool4 = reading.pool4.sorted
    outside = reading.pool4.outside
    keys = reading.keys
    statesBefore = previous?.summary.states ?? []
    self.span = reading.isComparable ? span : nil
    self.readingTime = readingTime
  }

  /// The report that shows this result.
  /// - Parameters:
  ///   - instance: The name of the instance.
  ///   - controls: The choices of the user.
  ///   - limit: The number of groups.
  ///   - text: The text of a group.
  /// - Returns: The report, without what the result does not know: interval and synchronization.
  func report(
    of instance: String, _ controls: TopControls, limit: Int, text: (UInt128) -> String
  ) -> TopReport {
    var report = TopReport(instance: instance)
    report.grouping = summary.grouping
    report.order = controls.order
    report.filter = selection.filter.options
    report.isPaused = controls.isPaused
    report.span = span
    report.readingTime = readingTime
    report.protocols = selection.filter.possibleProtocols.map {
      TopReport.ProtocolLine(proto: $0, count: summary.protocols[Int($0.rawValue)])
    }
    for (number, sessions) in summary.states.enumerated() {
      let before = statesBefore.indices.contains(number) ? statesBefore[number] : 0
      guard sessions > 0 || before > 0 else { continue }
      report.states.append(TopReport.StateCount(name: TCPStates.names[number], sessions: sessions, before: before))
    }
    report.groups = summary.top(limit, by: controls.order).map {
      TopReport.GroupLine(text: text($0.key), count: $0.group)
    }
    report.groupCount = summary.groups.count
    report.pool4 = pool4
    report.outside = outside
    return report
  }
}
