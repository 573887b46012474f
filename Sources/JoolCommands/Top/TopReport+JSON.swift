import JoolCore
import JoolSession

extension TopReport: JSONRepresentable {
  /// The report with numbers instead of rates: `begun` and `ended` are of the last `span_ms`.
  var json: JSONValue {
    .object([
      ("instance", .string(instance)), ("by", .string(grouping.rawValue)), ("filter", .string(filter)),
      ("span_ms", span.map { .number($0.rawValue) } ?? .null), ("reading_ms", .number(readingTime.rawValue)),
      ("sessions", .number(sessions)),
      ("protocols", .array(protocols.map(json(of:)))), ("tcp_states", .array(states.map(json(of:)))),
      ("groups", .number(groupCount)), ("top", .array(groups.map(json(of:)))),
      ("pool4", .array(pool4.map(json(of:)))), ("bindings_outside_pool4", .number(outside)),
      ("synchronization", synchronization.json),
    ])
  }

  private func known(_ count: Int) -> JSONValue { span == nil ? .null : .number(count) }

  private func json(of line: ProtocolLine) -> JSONValue {
    .object([
      ("protocol", .text(line.proto)), ("sessions", .number(line.count.sessions)), ("begun", known(line.count.begun)),
      ("ended", known(line.count.ended)),
    ])
  }

  private func json(of state: StateCount) -> JSONValue {
    .object([
      ("state", .string(state.name)), ("sessions", .number(state.sessions)), ("before", known(state.before)),
    ])
  }

  private func json(of line: GroupLine) -> JSONValue {
    .object([
      ("group", .string(line.text)), ("sessions", .number(line.count.sessions)),
      ("begun", known(Int(line.count.begun))),
    ])
  }

  private func json(of row: Pool4Use.Row) -> JSONValue {
    let address = row.prefix.length == IPv4Address.bitWidth ? "\(row.prefix.address)" : "\(row.prefix)"
    return .object([
      ("mark", .number(row.mark)), ("protocol", .text(row.proto)), ("address", .string(address)),
      ("in_use", .number(row.inUse)), ("capacity", .number(row.capacity)), ("nearly_full", .boolean(row.isNearlyFull)),
    ])
  }
}

extension TopReport.Synchronization {
  fileprivate var json: JSONValue {
    guard case .status(let status, let peers, let readyPeers) = self else { return .null }
    return .object([
      ("state", .string(status.state.rawValue)), ("ready", .boolean(status.isReady)), ("peers", .number(peers)),
      ("ready_peers", .number(readyPeers)),
    ])
  }
}
