import JoolCore

/// Prints counters, optionally with explanations.
struct StatisticsPrinter {
  var options: TableOptions
  var explains: Bool

  func write(_ statistics: [Statistic], to output: OutputSink) {
    if options.format == .json {
      output.print(JSONValue.array(statistics.map { $0.json(explained: explains) }).text(expanding: 1))
      return
    }
    if options.csv, !options.noHeaders { output.print(explains ? "Stat,Value,Explanation" : "Stat,Value") }
    for statistic in statistics {
      let name = statistic.name ?? "????"
      let explanation = StatisticExplanations.text(of: name)
      switch (options.csv, explains) {
      case (true, true): output.print("\(name),\(statistic.value),\"\(explanation)\"")
      case (true, false): output.print("\(name),\(statistic.value)")
      case (false, true): output.print("\(name): \(statistic.value)\n\(explanation)\n")
      case (false, false): output.print("\(name): \(statistic.value)")
      }
    }
  }
}
