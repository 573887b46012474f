internal import JoolCore

/// The four monitors of the module: its queue, its counters, its announcements, and the settings of the group.
///
/// `SessionProxy.inspected(_:clock:now:)` passes each look at the module to them.
struct ModuleMonitor: Sendable {
  var queue = QueueMonitor()
  var instance = InstanceMonitor()
  var announcements = AnnouncementMonitor()
  var group = GroupMonitor()
}
