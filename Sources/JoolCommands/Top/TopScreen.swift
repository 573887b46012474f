import JoolCore

/// The arrangement of a report on a screen.
///
/// A screen has a title, the sums, pool4, the groups, and a line with the keys. The lower it is, the more of that is
/// left out; the groups stay longest.
struct TopScreen: Sendable {
  var report: TopReport
  /// The last line; that with the keys if `nil`.
  var footer: ScreenLine?

  static let keys = ScreenLine(
    text: "q quit  s sort  b by  p protocol  / filter  n names  space pause", style: .hint)

  /// The lines of a screen: at most `height`, of at most `width` ASCII characters each.
  func lines(width: Int, height: Int) -> [ScreenLine] {
    guard width > 0, height > 0 else { return [] }
    var lines = height >= 3 ? [ScreenLine(text: report.title, style: .title)] : []
    let footer = footer ?? Self.keys
    let room = height - lines.count - (height > 1 ? 1 : 0)
    if room >= 16 {
      lines += full(width: width, height: room)
    } else if room >= 6 {
      lines += short(width: width, height: room)
    } else {
      lines += least(width: width, height: room)
    }
    lines = Array(lines.prefix(height - (height > 1 ? 1 : 0)))
    if height > 1 {
      while lines.count < height - 1 { lines.append(ScreenLine(text: "")) }
      lines.append(footer)
    }
    return lines.map { ScreenLine(text: Self.fitted($0.text, width), style: $0.style) }
  }

  /// The lines of a report for a pipe or a file, which has no size.
  /// - `limit`: the greatest number of lines about pool4.
  func lines(poolLimit limit: Int) -> [String] {
    let width = Int.max
    let lines =
      [ScreenLine(text: report.title), ScreenLine(text: "")] + sums(width: width, states: .max)
      + pool(limit, isNarrow: false) + groups(width: width, height: .max)
    return lines.map { Self.fitted($0.text, width) }
  }

  private func full(width: Int, height: Int) -> [ScreenLine] {
    var lines = sums(width: width, states: 2) + [ScreenLine(text: "")]
    let poolRoom = max(2, (height - lines.count - 2) / 3)
    lines += pool(poolRoom, isNarrow: width < 78)
    return lines + groups(width: width, height: height - lines.count)
  }

  private func sums(width: Int, states: Int) -> [ScreenLine] {
    [ScreenLine(text: TopReport.protocolHeading, style: .heading)]
      + report.protocolLines.map { ScreenLine(text: $0) }
      + report.stateLines(width: width).prefix(states).map { ScreenLine(text: $0) }
      + [ScreenLine(text: "Synchronization: \(report.synchronization)")]
  }

  private func pool(_ limit: Int, isNarrow: Bool) -> [ScreenLine] {
    let rows = report.poolLines(limit, isNarrow: isNarrow)
    guard !rows.isEmpty else { return [] }
    return [ScreenLine(text: report.poolHeading(isNarrow: isNarrow), style: .heading)] + rows + [ScreenLine(text: "")]
  }

  private func groups(width: Int, height: Int) -> [ScreenLine] {
    let rows = report.groups.prefix(max(height - 1, 0))
    let remark = width < 72 ? "" : "  (\(report.groupRemark(rows.count)))"
    return [ScreenLine(text: report.groupHeading(width: width) + remark, style: .heading)]
      + rows.map { ScreenLine(text: report.groupLine($0, width: width)) }
  }

  /// A line for each protocol, one about pool4, and the groups.
  private func short(width: Int, height: Int) -> [ScreenLine] {
    var lines = report.shortProtocolLines.map { ScreenLine(text: $0) }
    let full = report.pool4.count { $0.isNearlyFull }
    if let row = report.pool4.first {
      var line = report.poolLine(row, isNarrow: true)
      if full > 1 { line.text += ", and \(full - 1) more" }
      lines.append(line)
    }
    return lines + groups(width: width, height: height - lines.count)
  }

  /// The sum, and the groups without a heading.
  private func least(width: Int, height: Int) -> [ScreenLine] {
    let sum = report.protocols.map { "\($0.proto) \($0.count.sessions)" }.joined(separator: "  ")
    return [ScreenLine(text: sum)]
      + report.groups.prefix(max(height - 1, 0)).map { ScreenLine(text: report.groupLine($0, width: width)) }
  }

  /// The text without what a terminal could take for a command, cut to the width with `~` at the end.
  ///
  /// Names come from name servers of strangers.
  private static func fitted(_ text: String, _ width: Int) -> String {
    let safe = text.unicodeScalars.map { $0.value >= 0x20 && $0.value < 0x7F ? Character($0) : "?" }
    return safe.count <= width ? String(safe) : String(safe.prefix(width - 1)) + "~"
  }
}
