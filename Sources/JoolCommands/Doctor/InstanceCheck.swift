import JoolCore

/// Whether there is an instance that can translate.
struct InstanceCheck: HealthCheck {
  let instance: InstanceFacts

  var findings: [HealthFinding] {
    var findings: [HealthFinding] = []
    if instance.globals.boolean(.manuallyEnabled) == false {
      findings.append(
        instance.finding(
          "instance-disabled", "The instance '\(instance.name)' is disabled (manually-enabled is false).",
          "It translates nothing.", commands: ["\(instance.program) global update manually-enabled true"]))
    }
    if instance.translator == .siit, !instance.hasMappings, instance.globals.prefix6(.pool6) == nil {
      findings.append(
        instance.finding(
          "no-mapping", "The instance '\(instance.name)' has neither pool6 nor mappings in its EAMT.",
          "It can translate no address, so it translates nothing.",
          commands: ["\(instance.program) global update pool6 64:ff9b::/96"],
          advice: "Or give it mappings: \(instance.program) eamt add IPV6-PREFIX IPV4-PREFIX"))
    }
    return findings
  }

  /// The finding that there is no instance in this network namespace, or not the one that the user named.
  /// - `name`: the instance that the user named; `nil` if none was named.
  /// - `here`: the other instances of this network namespace.
  /// - `elsewhere`: the instances of other network namespaces.
  /// - `file`: a configuration file of an instance with the wanted name; `nil` if there is none.
  static func missing(
    _ name: InstanceName?, _ translator: TranslatorType, here: [InstanceName], elsewhere: [InstanceName], file: String?
  ) -> HealthFinding {
    func list(_ names: [InstanceName]) -> String { names.map { "'\($0)'" }.joined(separator: ", ") }
    let program = translator == .nat64 ? "jool" : "jool_siit"
    let add = "\(InstanceFacts.program(translator, name ?? .default)) instance add --netfilter --pool6 64:ff9b::/96"
    // Only one instance of a network namespace can use Netfilter, so with others it is not clear what is wanted.
    let advice: String? =
      if !here.isEmpty {
        "This network namespace has \(list(here)). To examine that, run: \(program) doctor"
      } else if !elsewhere.isEmpty {
        "Other network namespaces have \(list(elsewhere)). To examine one of them, run: "
          + "ip netns exec NAMESPACE \(program) doctor"
      } else { nil }
    return HealthFinding(
      check: "no-instance", instance: name?.description,
      problem: "This network namespace has no \(translator) instance" + (name.map { " '\($0)'." } ?? "."),
      consequence: name == nil ? "Nothing is translated here." : "That instance translates nothing here.",
      commands: here.isEmpty ? [file.map { "\(program) file handle '\($0)'" } ?? add] : [], advice: advice)
  }

  /// The configuration files that services use for an instance: that of `jool-instance@`, and that of Debian's
  /// jool-tools for an instance whose name the user has not given.
  static func files(of name: InstanceName?, _ translator: TranslatorType) -> [String] {
    guard translator == .nat64 else { return name == nil ? ["/etc/jool/jool_siit.conf"] : [] }
    return ["/etc/jool/\(name ?? .default).conf"] + (name == nil ? ["/etc/jool/jool.conf"] : [])
  }
}
