/// Whether the machine is a router for both IP versions.
///
/// The module itself translates without these sysctls. What surrounds it does not.
struct ForwardingCheck: HealthCheck {
  /// The values of the sysctls; `nil` if they cannot be read.
  var ipv4: Bool?
  var ipv6: Bool?

  init(ipv4: Bool?, ipv6: Bool?) { (self.ipv4, self.ipv6) = (ipv4, ipv6) }

  init(_ system: SystemReader) {
    ipv4 = system.sysctl("net/ipv4/conf/all/forwarding").map { $0 != "0" }
    ipv6 = system.sysctl("net/ipv6/conf/all/forwarding").map { $0 != "0" }
  }

  var findings: [HealthFinding] {
    var findings: [HealthFinding] = []
    if ipv4 == false {
      findings.append(
        HealthFinding(
          check: "ipv4-forwarding", problem: "IPv4 forwarding is off.",
          consequence: "Jool translates, but this machine drops every other IPv4 packet that should pass it, and the "
            + "kernel leaves large receive offload on, which breaks translation.",
          commands: ["sysctl -w net.ipv4.conf.all.forwarding=1"]))
    }
    if ipv6 == false {
      findings.append(
        HealthFinding(
          check: "ipv6-forwarding", problem: "IPv6 forwarding is off.",
          consequence: "Jool translates, but this machine tells its neighbours that it is no router, so clients that "
            + "learnt it as their default router drop it; and it drops every other IPv6 packet that should pass it.",
          commands: ["sysctl -w net.ipv6.conf.all.forwarding=1"]))
    }
    return findings
  }

  var gaps: [String] {
    (ipv4 == nil ? ["net.ipv4.conf.all.forwarding cannot be read."] : [])
      + (ipv6 == nil ? ["net.ipv6.conf.all.forwarding cannot be read, so this kernel may have no IPv6."] : [])
  }
}
