internal import JoolCore

/// Telling peers what the node is set to, so that each can see what keeps one from taking over from another.
extension SyncNode {
  static let settingsInterval = Duration.seconds(30)

  mutating func tell(_ settings: NodeSettings, now: Instant) {
    guard settings != told?.settings else { return }
    told = Told(settings: settings, revision: (told?.revision ?? 0) &+ 1, next: now)
  }

  /// Somebody may not know them yet. Whoever comes does not put off what others wait for.
  mutating func repeatSettings(after pause: Duration, now: Instant) {
    guard let told else { return }
    let next = min(told.next, now + pause + jitter(upTo: 500))
    self.told?.next = next
  }

  mutating func sendSettings(now: Instant) {
    guard let told, told.next <= now else { return }
    let next = now + Self.settingsInterval + jitter(upTo: 500)
    self.told?.next = next
    let room = max(
      (path.frame - SyncFrame.headerSize - SyncFrame.Settings.headerSize) / SyncFrame.Settings.rangeSize, 1)
    let ranges = told.settings.pool4
    let parts = max((ranges.count + room - 1) / room, 1)
    for part in 0..<parts {
      var settings = told.settings
      settings.pool4 = Array(ranges[part * room..<min(part * room + room, ranges.count)])
      send(
        .settings(
          SyncFrame.Settings(
            revision: told.revision, part: UInt16(part), parts: UInt16(parts), settings: settings)))
    }
  }

  /// What the node tells of itself.
  struct Told: Sendable {
    let settings: NodeSettings
    let revision: UInt32
    var next: Instant
  }
}
