import JoolDaemon

/// Whether interfaces merge received packets in a way that the module cannot undo.
struct OffloadCheck: HealthCheck {
  /// A feature that merges packets.
  struct Feature: Hashable, Sendable {
    /// The check's name in findings.
    var check: String
    /// The kernel's name of the feature.
    var name: String
    /// The name that `ethtool -K` accepts.
    var option: String
    var title: String
  }

  static let features = [
    Feature(check: "offload-lro", name: "rx-lro", option: "lro", title: "Large receive offload"),
    Feature(check: "offload-gro-list", name: "rx-gro-list", option: "rx-gro-list", title: "GRO by fragment lists"),
  ]

  /// The features that are on, with the names of the interfaces.
  var active: [(feature: Feature, interfaces: [String])]

  init(active: [(feature: Feature, interfaces: [String])]) { self.active = active }

  init(_ system: SystemReader) {
    let interfaces = system.interfaces().filter { !$0.isLoopback && $0.isRunning }.map(\.name)
    active = Self.features.map { feature in
      (feature, interfaces.filter { system.feature($0, feature.name) == true })
    }
  }

  var findings: [HealthFinding] {
    active.filter { !$0.interfaces.isEmpty }.map { feature, interfaces in
      HealthFinding(
        check: feature.check, problem: "\(feature.title) is on: \(interfaces.joined(separator: ", ")).",
        consequence: "The kernel hands Jool several packets merged into one, which cannot be split into packets of the "
          + "other IP version, so large transfers become very slow or stop.",
        commands: interfaces.map { "ethtool -K \($0) \(feature.option) off" })
    }
  }
}
