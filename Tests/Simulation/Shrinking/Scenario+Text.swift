/// Descriptions for human readers.
extension Scenario {
  /// The nodes, the traffic, and the faults in order.
  package var text: String {
    let nodes = nodes.enumerated().map { "  node \($0.offset): \($0.element.text)" }
    let flows = traffic.map(\.text).map { "  \($0)" }
    return (nodes + flows + faults.map(\.text).map { "  \($0)" }).joined(separator: "\n")
  }
}

extension NodePlan {
  var text: String {
    var words = [startsAt.map { "starts at \($0.short) s" } ?? "is a copy", format.rawValue]
    if let mirror { words.append(mirror.text) }
    if isSealed { words.append("sealed") }
    if group != 0 { words.append("group \(group)") }
    if abs(wallSkew) > 1 { words.append("wall clock \(wallSkew.short) s ahead") }
    if timeouts != Timeouts() { words.append("udp \(timeouts.udp.short) s, tcp \(timeouts.tcpEstablished.short) s") }
    if !clients.isEmpty { words.append("has clients \(clients)") }
    return words.joined(separator: ", ")
  }
}

extension MirrorPlan {
  var text: String {
    (isConfigured ? "configured mirror" : "mirror")
      + (interval.map { " with a snapshot each \($0.short) s, written in \(writing.short) s" } ?? " without snapshots")
  }
}

extension Flow {
  var text: String {
    let path = through.isEmpty ? "the active node" : "nodes \(through)"
    return
      "\(from.short) s to \(until.short) s: \(burst) of \(clients) clients from \(client), protocol \(proto), every \(every.short) s through \(path)"
  }
}

extension Fault {
  var text: String { "\(at.short) s: \(kind)" + (lasts > 0 ? " for \(lasts.short) s" : "") }
}

extension Double {
  /// The number, rounded to thousandths.
  var short: String {
    let thousandths = Int((self * 1000).rounded())
    let rest = String(abs(thousandths) % 1000)
    let digits = String(repeating: "0", count: 3 - rest.count) + rest
    let sign = thousandths < 0 ? "-" : ""
    return abs(thousandths) % 1000 == 0 ? "\(thousandths / 1000)" : "\(sign)\(abs(thousandths) / 1000).\(digits)"
  }
}
