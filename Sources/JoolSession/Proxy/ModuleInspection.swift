package import JoolCore

/// What one look at the module has shown.
package struct ModuleInspection: Sendable {
  /// The version of the module.
  package let module: ModuleVersion
  /// The properties of the instance that the proxy needs.
  package let kernel: SessionProxy.Kernel
  /// The counters of the instance; empty if they were not read.
  package let statistics: [Statistic]
  /// `ss-flush-deadline`: the time since the module's last message after which the module sends its queued sessions,
  /// at the next event.
  package let flushDeadline: TimeAmount
  private let recordsPerMessage: UInt32?

  /// Whether `ss-enabled` is on.
  package var isEnabled: Bool { kernel.isEnabled }

  /// Creates an inspection from the answers of a module.
  ///
  /// `nil` if the settings have no pool6. Addresses are derived from it, and every NAT64 has one.
  package init?(module: ModuleVersion, globals: [GlobalSetting], statistics: [Statistic] = []) {
    guard let pool6 = globals.prefix6(.pool6) else { return nil }
    self.module = module
    self.statistics = statistics
    flushDeadline = .milliseconds(globals.unsigned(.ssFlushDeadline) ?? 2000)
    recordsPerMessage = globals.unsigned(.ssMaxSessionsPerPacket)
    kernel = SessionProxy.Kernel(
      format: RecordLayout(module: module), pool6: pool6, limits: SessionLimits(globals: globals),
      isEnabled: globals.boolean(.ssEnabled) == true)
  }

  /// A warning if `ss-max-sessions-per-packet` makes the module lose sessions.
  ///
  /// `nil` if it does not.
  package var advice: String? {
    let safe = kernel.format.safeRecordsPerMessage
    guard let records = recordsPerMessage, !(1...UInt32(safe) ~= records) else { return nil }
    return
      "The module (\(module)) loses sessions, because ss-max-sessions-per-packet is \(records). "
      + "Values from 1 to \(safe) are safe. Run: jool global update ss-max-sessions-per-packet \(safe)"
  }
}
