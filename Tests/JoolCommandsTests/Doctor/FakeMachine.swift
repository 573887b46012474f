import JoolDaemon

@testable import JoolCommands
@testable import JoolCore

/// A machine in memory, which the checks of `doctor` read.
///
/// It is healthy until a test changes it.
struct FakeMachine {
  var files: [String: String] = [
    "/proc/sys/kernel/osrelease": "6.1.0-28-amd64\n", "/proc/modules": "jool 24576 0 - Live 0x0 (OE)\n",
    "/proc/sys/net/ipv4/conf/all/forwarding": "1\n", "/proc/sys/net/ipv6/conf/all/forwarding": "1\n",
    "/proc/sys/net/ipv4/ip_local_reserved_ports": "\n",
  ]
  var folders: [String: [String]] = [:]
  /// The output of shell commands, by a part of them.
  var outputs: [String: String] = [:]
  var routes: [String: SystemReader.Route] = [:]
  /// The features that are on, as `INTERFACE FEATURE`.
  var features: Set<String> = []
  var interfaces: [InterfaceSnapshot.Interface] = []
  var clockIsSynchronized = true
  var controlHolder: ControlNameHolder?
  var keyFault: ProxyError?

  var reader: SystemReader {
    SystemReader(
      text: { [files] in files[$0] }, entries: { [folders] in folders[$0] ?? [] }, target: { _ in "/proxy" },
      output: { [outputs] command in outputs.first { command.contains($0.key) }?.value },
      route: { [routes] in routes["\($0)"] }, feature: { [features] in features.contains("\($0) \($1)") },
      interfaces: { [interfaces] in interfaces }, clockIsSynchronized: { [clockIsSynchronized] in clockIsSynchronized },
      controlHolder: { [controlHolder] _ in controlHolder }, keyFault: { [keyFault] _ in keyFault })
  }
}

/// Values that several tests of checks need.
enum DoctorSamples {
  static let instance = InstanceFacts(
    globals: [GlobalSetting(key: .ssEnabled, value: .boolean(true))],
    pool4: [entry(.tcp, "61001-65535"), entry(.udp, "61001-65535"), entry(.icmp, "0-65535")])

  static func entry(_ proto: L4Protocol, _ ports: String, address: String = "192.0.2.1", mark: UInt32 = 0) -> Pool4Entry
  {
    Pool4Entry(
      mark: mark, proto: proto, prefix: IPv4Prefix(address) ?? IPPrefix(host: IPv4Address(bits: 0)),
      ports: PortRange(ports) ?? .all)
  }
}

extension HealthCheck {
  /// The names of the checks that have findings.
  var checks: [String] { findings.map(\.check) }
}
