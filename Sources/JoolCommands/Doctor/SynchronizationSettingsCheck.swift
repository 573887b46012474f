import JoolCore

/// Whether the module's settings let it announce sessions without losing them.
struct SynchronizationSettingsCheck: HealthCheck {
  var instance: InstanceFacts

  /// The default of Jool's modules.
  private static let defaultCapacity: UInt32 = 512

  var findings: [HealthFinding] {
    guard instance.globals.boolean(.ssEnabled) == true else { return [] }
    var findings: [HealthFinding] = []
    if let capacity = instance.globals.unsigned(.ssCapacity), capacity < Self.defaultCapacity {
      findings.append(
        instance.finding(
          "ss-capacity", "The module's queue holds only \(capacity) sessions (ss-capacity).",
          "During bursts of traffic the module drops sessions that the other nodes then lack.",
          commands: ["\(instance.program) global update ss-capacity \(Self.defaultCapacity)"]))
    }
    let safe = RecordLayout(module: instance.module).safeRecordsPerMessage
    if let count = instance.globals.unsigned(.ssMaxSessionsPerPacket), !(1...safe ~= Int(count)) {
      findings.append(
        instance.finding(
          "ss-packet-size",
          "ss-max-sessions-per-packet is \(count), but this module (\(instance.module)) takes 1 to \(safe).",
          count == 0 ? "The module announces no sessions." : "The module loses every full packet of sessions.",
          commands: ["\(instance.program) global update ss-max-sessions-per-packet \(safe)"]))
    }
    return findings
  }
}
