import JoolCore

/// A line of `session top`, and how it is to be shown where there are colors.
struct ScreenLine: Hashable, Sendable {
  enum Style: Hashable, Sendable { case plain, title, heading, warning, hint }

  var text: String
  var style = Style.plain
}

/// The parts of a report as lines.
extension TopReport {
  var title: String {
    var parts = ["session top: instance \(instance)"]
    if isPaused { parts.append("PAUSED") }
    if !filter.isEmpty { parts.append(filter) }
    parts.append("every \(Self.seconds(interval)) s")
    if readingTime.rawValue > interval.rawValue / 2 { parts.append("reading took \(Self.seconds(readingTime)) s") }
    return parts.joined(separator: ", ")
  }

  static let protocolHeading =
    "Protocol".leftAligned(in: 8) + ["Sessions", "New/s", "Ended/s"].map { $0.rightAligned(in: 12) }.joined()

  /// A line for each protocol, and one for their sum.
  var protocolLines: [String] {
    var rows = protocols.map { ($0.proto.description, $0.count) }
    if rows.count > 1 {
      var sum = TableSummary.ProtocolCount()
      for line in protocols {
        sum.sessions += line.count.sessions
        sum.begun += line.count.begun
        sum.ended += line.count.ended
      }
      rows.append(("All", sum))
    }
    return rows.map { name, count in
      name.leftAligned(in: 8) + String(count.sessions).rightAligned(in: 12)
        + rate(count.begun).rightAligned(in: 12) + rate(count.ended).rightAligned(in: 12)
    }
  }

  /// `TCP 10 (+1.0 -0.5/s)` for each protocol.
  var shortProtocolLines: [String] {
    protocols.map { line in
      let rates = span == nil ? "" : " (+\(rate(line.count.begun)) -\(rate(line.count.ended))/s)"
      return "\(line.proto) \(line.count.sessions)\(rates)"
    }
  }

  /// The states of TCP sessions, as many on a line as there is room for.
  func stateLines(width: Int) -> [String] {
    var lines: [String] = []
    for state in states {
      let change = span == nil ? "" : " (\(change(state.sessions - state.before))/s)"
      let text = "\(state.name) \(state.sessions)\(change)"
      if let last = lines.last, last.utf8.count + text.utf8.count + 2 <= width {
        lines[lines.count - 1] += ", " + text
      } else {
        lines.append((lines.isEmpty ? "TCP states: " : "  ") + text)
      }
    }
    return lines
  }

  func poolHeading(isNarrow: Bool) -> String {
    isNarrow
      ? "pool4 masks in use"
      : "pool4".leftAligned(in: 16) + "Mark".rightAligned(in: 8) + "  Protocol" + "In use".rightAligned(in: 11)
        + "Capacity".rightAligned(in: 11) + "Use".rightAligned(in: 9)
  }

  func poolLine(_ row: Pool4Use.Row, isNarrow: Bool) -> ScreenLine {
    let address = row.prefix.length == IPv4Address.bitWidth ? "\(row.prefix.address)" : "\(row.prefix)"
    let share = Self.percent(row.share)
    let warning = row.isNearlyFull ? "  nearly full" : ""
    let text: String
    if isNarrow {
      let mark = row.mark == 0 ? "" : " mark \(row.mark)"
      text = "\(address) \(row.proto)\(mark) \(share)" + (row.isNearlyFull ? "" : " of \(row.capacity)")
    } else {
      text =
        address.leftAligned(in: 16) + String(row.mark).rightAligned(in: 8) + "  "
        + row.proto.description.leftAligned(in: 8) + String(row.inUse).rightAligned(in: 11)
        + String(row.capacity).rightAligned(in: 11) + share.rightAligned(in: 9)
    }
    return ScreenLine(text: text + warning, style: row.isNearlyFull ? .warning : .plain)
  }

  /// The fullest addresses, and a line about the others if they do not fit.
  func poolLines(_ limit: Int, isNarrow: Bool) -> [ScreenLine] {
    var lines: [ScreenLine] = []
    let hasMore = pool4.count + (outside > 0 ? 1 : 0) > limit
    for row in pool4.prefix(hasMore ? max(limit - 1, 0) : limit) { lines.append(poolLine(row, isNarrow: isNarrow)) }
    let rest = pool4.dropFirst(lines.count)
    if !rest.isEmpty, limit > 0 {
      let full = rest.count { $0.isNearlyFull }
      let warning = full > 0 ? ", \(full) of them above 80 %" : ""
      lines.append(ScreenLine(text: "and \(rest.count) more\(warning)", style: full > 0 ? .warning : .hint))
    }
    if outside > 0, lines.count < limit { lines.append(ScreenLine(text: "\(outside) bindings outside pool4")) }
    return lines
  }

  func groupHeading(width: Int) -> String {
    groupColumns("Sessions", "Share", "New/s", grouping.rawValue, width)
  }

  func groupLine(_ line: GroupLine, width: Int) -> String {
    let share = sessions > 0 ? Self.percent(Double(line.count.sessions) / Double(sessions)) : "-"
    return groupColumns(String(line.count.sessions), share, rate(Int(line.count.begun)), line.text, width)
  }

  /// `3 of 1200, sorted by sessions`.
  func groupRemark(_ shown: Int) -> String {
    let number = shown < groupCount ? "first \(shown) of \(groupCount)" : "all \(groupCount)"
    return "\(number), sorted by \(order == .group ? grouping.rawValue : order.rawValue)"
  }

  private func groupColumns(_ sessions: String, _ share: String, _ rate: String, _ text: String, _ width: Int) -> String
  {
    sessions.rightAligned(in: 10) + (width < 60 ? "" : share.rightAligned(in: 10))
      + (width < 72 ? "" : rate.rightAligned(in: 11)) + "  " + text
  }
}

/// Numbers as text.
extension TopReport {
  /// A number of sessions per second; `-` if it is not known.
  func rate(_ count: Int) -> String {
    guard let span, span.rawValue > 0 else { return "-" }
    return Self.decimal(Double(count) * 1000 / Double(span.rawValue))
  }

  private func change(_ count: Int) -> String { (count < 0 ? "-" : "+") + rate(abs(count)) }

  static func percent(_ share: Double) -> String { decimal(share * 100) + " %" }

  /// A time in seconds, without a fraction if it is one of whole seconds.
  static func seconds(_ time: Milliseconds) -> String {
    time.rawValue % 1000 == 0 ? "\(time.rawValue / 1000)" : decimal(Double(time.rawValue) / 1000)
  }

  /// A number that is not negative, with one digit after the point.
  private static func decimal(_ number: Double) -> String {
    let tenths = Int(exactly: (number * 10).rounded()) ?? 0
    return "\(tenths / 10).\(tenths % 10)"
  }
}
