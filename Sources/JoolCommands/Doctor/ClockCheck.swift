import JoolCore

/// Whether the clock is right where times are evidence.
///
/// Synchronization needs no right clocks. The module's log of masks does: it says who had an address at which time.
struct ClockCheck: HealthCheck {
  var instance: InstanceFacts
  var isSynchronized: Bool

  var findings: [HealthFinding] {
    let logs = instance.globals.boolean(.loggingBIB) == true || instance.globals.boolean(.loggingSession) == true
    guard logs, !isSynchronized else { return [] }
    return [
      instance.finding(
        "clock", "The system clock is not synchronized, but the instance logs who has which mask.",
        "The times in that log may be wrong, so it may name the wrong client.",
        commands: ["timedatectl set-ntp true"],
        advice: "Or start another NTP client, such as chrony.")
    ]
  }
}
