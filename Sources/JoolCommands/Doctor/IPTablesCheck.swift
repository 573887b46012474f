import JoolCore

/// Whether rules of iptables hand packets to an instance of that framework.
struct IPTablesCheck: HealthCheck {
  var instance: InstanceFacts
  /// The rules for IPv4 and IPv6, as iptables-save(8) prints them; `nil` if they cannot be read.
  var rules4: String?
  var rules6: String?

  init(_ instance: InstanceFacts, rules4: String?, rules6: String?) {
    (self.instance, self.rules4, self.rules6) = (instance, rules4, rules6)
  }

  init(_ instance: InstanceFacts, _ system: SystemReader) {
    self.instance = instance
    guard instance.framework == .iptables else { return }
    // Both variants of iptables can have rules.
    (rules4, rules6) = (Self.rules("iptables", system), Self.rules("ip6tables", system))
  }

  private static func rules(_ program: String, _ system: SystemReader) -> String? {
    let texts = ["\(program)-save", "\(program)-legacy-save"].compactMap { system.output($0) }
    return texts.isEmpty ? nil : texts.joined()
  }

  var findings: [HealthFinding] {
    guard instance.framework == .iptables, let rules4, let rules6 else { return [] }
    let target = instance.translator == .nat64 ? "JOOL" : "JOOL_SIIT"
    let lacking = [("iptables", rules4), ("ip6tables", rules6)].filter { !Self.has(target, in: $1, of: instance.name) }
      .map(\.0)
    guard !lacking.isEmpty else { return [] }
    return [
      instance.finding(
        "iptables-rule",
        "The instance '\(instance.name)' belongs to iptables, but \(lacking.joined(separator: " and ")) "
          + "\(lacking.count == 1 ? "has" : "have") no rule with -j \(target) for it.",
        "No packet of that IP version reaches the instance.",
        commands: lacking.map {
          "\($0) -t mangle -A PREROUTING\(destination($0)) -j \(target) --instance '\(instance.name)'"
        })
    ]
  }

  /// The match of a rule for the packets to pool6.
  ///
  /// Those to pool4 are several ranges, and the instance ignores packets that are not for it.
  private func destination(_ program: String) -> String {
    guard program == "ip6tables", instance.translator == .nat64, let prefix = instance.globals.prefix6(.pool6) else {
      return ""
    }
    return " -d \(prefix)"
  }

  /// Whether a rule has the target for this instance.
  ///
  /// A rule without a name is for the default instance.
  private static func has(_ target: String, in rules: String, of instance: InstanceName) -> Bool {
    rules.split(separator: "\n").contains { line in
      let words = line.split(separator: " ").map { $0.filter { $0 != "\"" } }
      guard let jump = words.firstIndex(of: "-j"), words.dropFirst(jump + 1).first == target else { return false }
      guard let option = words.firstIndex(of: "--instance") else { return instance == .default }
      return words.dropFirst(option + 1).first == instance.description
    }
  }

  var gaps: [String] {
    instance.framework == .iptables && (rules4 == nil || rules6 == nil)
      ? ["The rules of iptables cannot be read (iptables-save, ip6tables-save)."] : []
  }
}
