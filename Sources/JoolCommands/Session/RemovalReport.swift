import JoolCore
import JoolSession

/// What `session remove` ends, or would end, and what became of it.
struct RemovalReport {
  /// A mapping that has sessions that fit.
  struct Mapping {
    let entry: BIBEntry
    /// All of its sessions, which end with it.
    let sessions: [SessionEntry]
    let filter: SessionFilter
    var isRemoved = false
  }

  /// The outcome of a request.
  struct Part {
    let count: Int
    /// What the proxy or mirror has answered; `nil` if the module was asked.
    let outcome: RemovalOutcome?
  }

  var mappings: [Mapping] = []
  /// Whether nothing is removed.
  var isDry: Bool
  private var outcomes: [RemovalOutcome] = []
  /// Whether no proxy and no mirror was there to remove mappings on the other nodes.
  private(set) var isAlone = false

  init(isDry: Bool) { self.isDry = isDry }

  /// The mappings that may be removed.
  var removable: [Mapping] { mappings.filter { !$0.entry.isStatic } }

  /// Notes that the next `part.count` mappings were removed.
  mutating func note(_ part: Part) {
    var rest = part.count
    for index in mappings.indices where rest > 0 && !mappings[index].entry.isStatic && !mappings[index].isRemoved {
      mappings[index].isRemoved = true
      rest -= 1
    }
    if let outcome = part.outcome { outcomes.append(outcome) } else { isAlone = true }
  }

  func print(asJSON: Bool, to output: OutputSink) {
    guard !asJSON else { return output.print(json.text()) }
    for mapping in mappings {
      output.print(line(of: mapping))
      for session in mapping.sessions { output.print(line(of: session, fits: mapping.filter.matches(session))) }
    }
    if let summary { output.print(summary) }
  }

  private func line(of mapping: Mapping) -> String {
    let entry = mapping.entry
    let fate =
      entry.isStatic
      ? "is static, so it stays" : mapping.isRemoved ? "was removed" : isDry ? "would be removed" : "was not removed"
    return "\(entry.proto) \(entry.source6) - \(entry.source4) \(fate):"
  }

  private func line(of session: SessionEntry, fits: Bool) -> String {
    let state = session.proto == .tcp ? "\(session.state), " : ""
    return "  with \(session.destination4), \(state)expires in \(session.expiration)\(fits ? "" : " (does not fit)")"
  }

  private var summary: String? {
    let ended = mappings.filter { isDry ? !$0.entry.isStatic : $0.isRemoved }
    guard !ended.isEmpty else { return nil }
    let sessions = ended.reduce(0) { $0 + $1.sessions.count }
    let others = ended.reduce(0) { sum, mapping in sum + mapping.sessions.count { !mapping.filter.matches($0) } }
    var text = "\(Self.count(ended.count, "mapping")) with \(Self.count(sessions, "session"))"
    if others > 0 { text += " (\(others) of them \(others == 1 ? "does" : "do") not fit)" }
    guard !isDry else { return text + " would be removed." }
    text += " \(ended.count == 1 ? "was" : "were") removed."
    guard let last = outcomes.last else { return text }
    text += " Sent to \(Self.count(last.peers, "peer"))."
    guard last.legacyPeers > 0 else { return text }
    let keepers = Self.count(last.legacyPeers, "C proxy", "C proxies")
    return text + " \(keepers) of the group \(last.legacyPeers == 1 ? "keeps" : "keep") them."
  }

  private static func count(_ number: Int, _ noun: String, _ plural: String? = nil) -> String {
    "\(number) \(number == 1 ? noun : plural ?? noun + "s")"
  }

  private var json: JSONValue {
    let group = outcomes.last.map { outcome in
      JSONValue.object([
        ("peers", .number(UInt64(outcome.peers))), ("c_proxies", .number(UInt64(outcome.legacyPeers))),
      ])
    }
    return .object([
      ("dry_run", .boolean(isDry)), ("removed", .number(UInt64(mappings.count { $0.isRemoved }))),
      ("group", group ?? .null), ("mappings", .array(mappings.map { $0.json })),
    ])
  }
}

extension RemovalReport.Mapping {
  fileprivate var json: JSONValue {
    .object([
      ("protocol", .text(entry.proto)), ("source6", entry.source6.json), ("source4", entry.source4.json),
      ("static", .boolean(entry.isStatic)), ("removed", .boolean(isRemoved)),
      (
        "sessions",
        .array(
          sessions.map { session in
            .object([
              ("destination6", session.destination6.json), ("destination4", session.destination4.json),
              ("expires_in_ms", .number(session.expiration.rawValue)),
              ("state", session.proto == .tcp ? .text(session.state) : .null),
              ("fits", .boolean(filter.matches(session))),
            ])
          })
      ),
    ])
  }
}

extension TransportAddress {
  fileprivate var json: JSONValue { .object([("address", .text(address)), ("port", .number(port))]) }
}
