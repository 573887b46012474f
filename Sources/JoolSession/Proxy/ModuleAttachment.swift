internal import JoolCore

/// What the proxy knows of its module, and when it looks at it again.
struct ModuleAttachment: Sendable {
  /// The properties of the module; `nil` until it was seen once.
  ///
  /// They are kept while the module is away, because datagrams are decoded by them.
  var kernel: SessionProxy.Kernel?
  /// Whether the module is there.
  var isAttached = false
  /// The time at which the module was first seen.
  var startedAt: Instant?
  /// The number of sessions that the module has announced.
  var announcements: UInt64 = 0
  /// The time at which the module last announced a session.
  var lastAnnouncement: Instant?
  /// The time since which the module has been translating, as the node advertises it.
  ///
  /// `nil` if it is not translating.
  var translatingSince: Instant?
  /// The number of requests with sessions that the module has taken without an error.
  var addsTaken: UInt64 = 0
  /// The measure of whether the module has what the table has.
  var mark = ModuleMark()
  var flushTimer = FlushTimer()
  var monitor = ModuleMonitor()
  /// The module's pool4 while it is being read.
  var pool4: Pool4Reading?

  /// Whether the module is there and takes sessions.
  var isUsable: Bool { isAttached && kernel?.isEnabled == true }
}
