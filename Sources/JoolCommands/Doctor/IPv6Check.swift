import JoolDaemon

/// Whether the machine's interfaces may have IPv6 addresses.
struct IPv6Check: HealthCheck {
  /// Whether none of them may.
  private let isDisabled: Bool

  init(_ system: SystemReader) {
    let interfaces = system.interfaces().filter { !$0.isLoopback }
    isDisabled =
      !interfaces.isEmpty
      && interfaces.allSatisfy { system.sysctl("net/ipv6/conf/\($0.name)/disable_ipv6").map { $0 != "0" } ?? false }
  }

  var findings: [HealthFinding] {
    guard isDisabled else { return [] }
    return [
      HealthFinding(
        check: "ipv6-disabled", problem: "IPv6 is disabled on every interface.",
        consequence: "No packet of a client arrives.", commands: ["sysctl -w net.ipv6.conf.all.disable_ipv6=0"],
        advice: "Then give the interfaces their IPv6 addresses again, because the kernel has removed them.")
    ]
  }
}
