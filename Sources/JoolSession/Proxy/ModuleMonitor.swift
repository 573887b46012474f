internal import JoolCore

/// Watches what the module shows of itself: its counters, its pool4, and whether its announcements arrive.
struct ModuleMonitor: Sendable {
  var queue = QueueMonitor()
  var instance = InstanceMonitor()
  var announcements = AnnouncementMonitor()
  var group = GroupMonitor()
}
