import JoolCore

/// Whether the module's settings let it announce sessions without losing them.
struct SynchronizationSettingsCheck: HealthCheck {
  var instance: InstanceFacts

  /// The defaults of Jool's modules: sessions, and milliseconds.
  private static let (defaultCapacity, defaultDeadline): (UInt32, UInt32) = (512, 2000)

  var findings: [HealthFinding] {
    guard instance.globals.boolean(.ssEnabled) == true else { return [] }
    var findings: [HealthFinding] = []
    if instance.module >= .withCapacity, let capacity = instance.globals.unsigned(.ssCapacity),
      capacity < Self.defaultCapacity
    {
      findings.append(
        instance.finding(
          "ss-capacity", "The module's queue holds only \(capacity) sessions (ss-capacity).",
          "During bursts of traffic the module drops sessions that the other nodes then lack.",
          commands: ["\(instance.program) global update ss-capacity \(Self.defaultCapacity)"]))
    }
    let announcesAtOnce = instance.module < .withoutFlushASAP && instance.globals.boolean(.ssFlushASAP) == true
    if !announcesAtOnce, let deadline = instance.globals.unsigned(.ssFlushDeadline), deadline > Self.defaultDeadline {
      findings.append(
        instance.finding(
          "ss-deadline", "The module may keep new sessions to itself for \(deadline) ms (ss-flush-deadline).",
          "Those of this time are lost if this node fails.",
          commands: ["\(instance.program) global update ss-flush-deadline \(Self.defaultDeadline)"],
          advice: "Where both nodes translate, 0 is right: the other node has a new session after some milliseconds."))
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

extension ModuleVersion {
  /// The first version in which `ss-capacity` has an effect.
  fileprivate static let withCapacity = ModuleVersion(4, 1, 11)
  /// The first version in which `ss-flush-asap` has none.
  fileprivate static let withoutFlushASAP = ModuleVersion(4, 1, 13)
}
