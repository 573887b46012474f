/// Reads the output of iptables-save(8) or ip6tables-save(8).
struct IPTablesRules {
  /// The program that changes these rules.
  private let program: String
  private let packet: GroupPacket
  private var firewall = Firewall()
  private var table = ""

  /// The chains, with their meaning for a packet.
  static func firewall(_ text: String, program: String, for packet: GroupPacket) -> Firewall {
    var rules = IPTablesRules(program: program, packet: packet)
    for line in text.split(separator: "\n") { rules.add(line) }
    return rules.firewall
  }

  private init(program: String, packet: GroupPacket) { (self.program, self.packet) = (program, packet) }

  /// The chains that packets enter.
  ///
  /// Those of `nat` cannot drop.
  private var entries: [String] {
    switch packet.direction {
    case .incoming: ["raw PREROUTING", "mangle PREROUTING", "mangle INPUT", "filter INPUT"]
    case .outgoing: ["raw OUTPUT", "mangle OUTPUT", "filter OUTPUT", "mangle POSTROUTING"]
    }
  }

  private mutating func add(_ line: Substring) {
    let words = line.split(separator: " ")
    switch line.first {
    case "*": table = String(line.dropFirst())
    case ":": declare(words)
    default:
      guard words.count > 1, words[0] == "-A" else { return }
      let rule = rule(words.dropFirst(2))
      firewall.chains["\(table) \(words[1])"]?.rules.append(rule)
    }
  }

  private mutating func declare(_ words: [Substring]) {
    guard words.count > 1 else { return }
    let name = words[0].dropFirst()
    firewall.chains["\(table) \(name)"] = Firewall.Chain(
      isEntry: entries.contains("\(table) \(name)"), dropsByDefault: words[1] == "DROP",
      title: "chain \(name) of table \(table) (\(program))",
      remedy: "\(program)\(table == "filter" ? "" : " -t \(table)") -I \(name) -p udp --dport \(packet.port) -j ACCEPT")
  }

  private func rule(_ words: ArraySlice<Substring>) -> Firewall.Rule {
    var rule = Firewall.Rule()
    var rest = words
    var isNegated = false
    while let option = rest.popFirst() {
      if option == "!" {
        isNegated = true
        continue
      }
      switch option {
      case "-j", "-g":
        rule.verdict = verdict(rest.popFirst() ?? "", returns: option == "-j")
        return rule
      // The name of an extension; its options follow.
      case "-m": _ = rest.popFirst()
      case "--comment": skipComment(&rest)
      default:
        let match = match(option, rest.popFirst() ?? "")
        rule.match = rule.match.and(isNegated ? match.negated : match)
      }
      isNegated = false
    }
    return rule
  }

  private func skipComment(_ rest: inout ArraySlice<Substring>) {
    guard let first = rest.popFirst(), first.hasPrefix("\""), !(first.count > 1 && first.hasSuffix("\"")) else {
      return
    }
    while let word = rest.popFirst(), !word.hasSuffix("\"") {}
  }

  private func verdict(_ name: Substring, returns: Bool) -> Firewall.Verdict {
    switch name {
    case "ACCEPT": return .accept
    case "DROP", "REJECT": return .drop
    case "RETURN": return .back
    case "LOG", "NFLOG", "MARK", "CONNMARK", "CT", "TCPMSS", "TOS", "DSCP", "TRACE": return .none
    default:
      let key = "\(table) \(name)"
      return firewall.chains[key] == nil ? .unknown : .call(key, returns: returns)
    }
  }

  private func match(_ option: Substring, _ value: Substring) -> Firewall.Match {
    switch option {
    case "-p": return .init(["udp", "all"].contains(value))
    case "-i": return packet.uses(String(value), .incoming, wildcard: "+")
    case "-o": return packet.uses(String(value), .outgoing, wildcard: "+")
    case "-d": return packet.goes(to: String(value))
    case "--dport", "--dports":
      return value.split(separator: ",").map(hasPort).reduce(.no) { $0.or($1) }
    case "--ctstate", "--state": return packet.has(oneOf: value.split(separator: ","))
    case "--pkt-type": return packet.has(type: String(value))
    default: return .unknown
    }
  }

  private func hasPort(_ range: Substring) -> Firewall.Match {
    let ends = range.split(separator: ":").map { UInt16($0) }
    guard let first = ends.first ?? nil, let last = ends.last ?? nil else { return .unknown }
    return .init(first <= packet.port && packet.port <= last)
  }
}
