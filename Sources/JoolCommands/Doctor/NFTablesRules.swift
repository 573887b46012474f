/// Reads the output of `nft --json list ruleset`.
struct NFTablesRules {
  private let items: [JSONValue]

  /// `nil` if the text is not that of nft(8).
  init?(_ json: String) {
    guard let root = try? JSONReader.read(Array(json.utf8)),
      case .array(let items)? = root.member(named: "nftables")?.value.content
    else { return nil }
    self.items = items
  }

  /// The tables with rules that only iptables can read, as `FAMILY NAME`.
  var tablesOfIPTables: Set<String> {
    Set(
      items.compactMap { item in
        guard let rule = item.member(named: "rule")?.value, statements(of: rule).contains(where: { $0.key == "xt" })
        else { return nil }
        return Self.table(of: rule)
      })
  }

  /// The chains, with their meaning for a packet.
  /// - Parameters:
  ///   - packet: the packet.
  ///   - without: the tables to leave out.
  /// - Returns: the chains.
  func firewall(for packet: GroupPacket, without: Set<String> = []) -> Firewall {
    var firewall = Firewall()
    for item in items {
      guard let chain = item.member(named: "chain")?.value, let table = Self.table(of: chain), !without.contains(table),
        let name = chain.string("name")
      else { continue }
      firewall.chains["\(table) \(name)"] = Self.chain(name, of: table, chain, for: packet)
    }
    for item in items {
      guard let rule = item.member(named: "rule")?.value, let table = Self.table(of: rule),
        let chain = rule.string("chain")
      else { continue }
      let meaning = NFTablesMeaning(packet: packet, table: table)
      firewall.chains["\(table) \(chain)"]?.rules += meaning.rules(statements(of: rule))
    }
    return firewall
  }

  private func statements(of rule: JSONValue) -> [JSONMember] {
    guard case .array(let statements)? = rule.member(named: "expr")?.value.content else { return [] }
    return statements.compactMap(\.members?.first)
  }

  private static func table(of item: JSONValue) -> String? {
    guard let family = item.string("family"), let name = item.string("table") else { return nil }
    return "\(family) \(name)"
  }

  private static func chain(_ name: String, of table: String, _ chain: JSONValue, for packet: GroupPacket)
    -> Firewall.Chain
  {
    let families = ["inet", packet.isIPv6 ? "ip6" : "ip"]
    let hooks = packet.direction == .incoming ? ["prerouting", "input"] : ["output", "postrouting"]
    return Firewall.Chain(
      isEntry: families.contains(chain.string("family") ?? "") && hooks.contains(chain.string("hook") ?? ""),
      dropsByDefault: chain.string("policy") == "drop", title: "chain \(name) of table \(table) (nftables)",
      remedy: "nft insert rule \(table) \(name) udp dport \(packet.port) accept")
  }
}

/// What the rules of a table of nftables mean for a packet.
private struct NFTablesMeaning {
  let packet: GroupPacket
  let table: String

  /// The rules that a list of statements amounts to: one, or several if it ends with a verdict map.
  func rules(_ statements: [JSONMember]) -> [Firewall.Rule] {
    var rule = Firewall.Rule()
    for member in statements {
      switch member.key {
      case "match": rule.match = rule.match.and(match(member.value))
      case "xt" where member.value.string("type") == "match": rule.match = rule.match.and(.unknown)
      case "counter", "log", "comment", "mangle", "meta", "notrack": continue
      case "vmap":
        guard let parts = map(member.value) else { return [unknown(rule)] }
        return parts.map { Firewall.Rule(match: rule.match.and($0.match), verdict: $0.verdict) }
      default:
        rule.verdict = verdict(member)
        return [rule]
      }
    }
    return [rule]
  }

  private func unknown(_ rule: Firewall.Rule) -> Firewall.Rule { .init(match: rule.match, verdict: .unknown) }

  private func verdict(_ member: JSONMember) -> Firewall.Verdict {
    switch member.key {
    case "accept": return .accept
    case "drop", "reject": return .drop
    case "return": return .back
    case "jump", "goto":
      guard let target = member.value.string("target") else { return .unknown }
      return .call("\(table) \(target)", returns: member.key == "jump")
    default: return .unknown
    }
  }

  private func map(_ value: JSONValue) -> [Firewall.Rule]? {
    guard let key = value.member(named: "key")?.value,
      case .array(let elements)? = value.member(named: "data")?.value.member(named: "set")?.value.content
    else { return nil }
    return elements.map { element in
      guard case .array(let pair) = element.content, pair.count == 2, let target = pair[1].members?.first else {
        return Firewall.Rule(match: .unknown, verdict: .unknown)
      }
      return Firewall.Rule(match: equals(key, [pair[0]]), verdict: verdict(target))
    }
  }

  private func match(_ value: JSONValue) -> Firewall.Match {
    guard let left = value.member(named: "left")?.value, let right = value.member(named: "right")?.value else {
      return .unknown
    }
    let values: [JSONValue]
    if case .array(let elements) = right.content {
      values = elements
    } else if case .array(let elements)? = right.member(named: "set")?.value.content {
      values = elements
    } else {
      values = [right]
    }
    let isEqual = equals(left, values)
    switch value.string("op") {
    case "==", "in": return isEqual
    // A field of another protocol than the packet's matches nothing, not even an inequality.
    case "!=": return isForeign(left) ? .no : isEqual.negated
    default: return isForeign(left) ? .no : .unknown
    }
  }

  /// Whether the expression is a field of a protocol that the packet does not have.
  private func isForeign(_ expression: JSONValue) -> Bool {
    guard let name = expression.member(named: "payload")?.value.string("protocol") else { return false }
    return ["tcp", "icmp", "icmpv6", "igmp", "sctp", "dccp", "esp", "ah", packet.isIPv6 ? "ip" : "ip6"].contains(name)
  }

  /// Whether the expression has one of these values.
  private func equals(_ expression: JSONValue, _ values: [JSONValue]) -> Firewall.Match {
    if isForeign(expression) { return .no }
    return values.map { equals(expression, $0) }.reduce(.no) { $0.or($1) }
  }

  private func equals(_ expression: JSONValue, _ value: JSONValue) -> Firewall.Match {
    guard let member = expression.members?.first else { return .unknown }
    let text = value.text
    switch (member.key, member.value.string("protocol") ?? member.value.string("key"), member.value.string("field")) {
    case ("payload", "udp"?, "dport"?), ("payload", "th"?, "dport"?): return hasPort(value)
    case ("payload", "ip"?, "protocol"?), ("payload", "ip6"?, "nexthdr"?), ("meta", "l4proto"?, _):
      return text.map { .init(["udp", "17"].contains($0)) } ?? .unknown
    case ("payload", "ip"?, "daddr"?), ("payload", "ip6"?, "daddr"?):
      return prefix(value).map(packet.goes) ?? .unknown
    case ("meta", "nfproto"?, _): return text.map { .init($0 == (packet.isIPv6 ? "ipv6" : "ipv4")) } ?? .unknown
    case ("meta", "iifname"?, _), ("meta", "iif"?, _):
      return text.map { packet.uses($0, .incoming, wildcard: "*") } ?? .unknown
    case ("meta", "oifname"?, _), ("meta", "oif"?, _):
      return text.map { packet.uses($0, .outgoing, wildcard: "*") } ?? .unknown
    case ("meta", "pkttype"?, _): return text.map(packet.has(type:)) ?? .unknown
    case ("ct", "state"?, _): return text.map { packet.has(oneOf: [$0]) } ?? .unknown
    default: return .unknown
    }
  }

  private func hasPort(_ value: JSONValue) -> Firewall.Match {
    if case .array(let ends)? = value.member(named: "range")?.value.content, ends.count == 2,
      let first = ends[0].text.flatMap(UInt16.init), let last = ends[1].text.flatMap(UInt16.init)
    {
      return .init(first <= packet.port && packet.port <= last)
    }
    return value.text.flatMap(UInt16.init).map { .init($0 == packet.port) } ?? .unknown
  }

  private func prefix(_ value: JSONValue) -> String? {
    if let prefix = value.member(named: "prefix")?.value, let address = prefix.string("addr"),
      let length = prefix.member(named: "len")?.value.text
    {
      return "\(address)/\(length)"
    }
    return value.text
  }
}

extension JSONValue {
  /// The string or the digits of the value; `nil` for other values.
  fileprivate var text: String? {
    switch content {
    case .string(let text), .number(let text): text
    default: nil
    }
  }

  /// The string of a member.
  fileprivate func string(_ name: String) -> String? {
    if case .string(let text)? = member(named: name)?.value.content { text } else { nil }
  }
}
