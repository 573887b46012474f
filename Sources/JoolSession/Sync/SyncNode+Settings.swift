internal import JoolCore

/// The exchange of settings, which lets each node find what prevents one node from taking over from another.
extension SyncNode {
  /// The minimum interval at which settings are sent again; up to 500 ms are added at random.
  static let settingsInterval = Duration.seconds(30)

  /// Advertises settings, if they have changed.
  mutating func advertise(_ settings: NodeSettings, now: Instant) {
    guard settings != advertisedSettings?.settings else { return }
    advertisedSettings = AdvertisedSettings(
      settings: settings, revision: (advertisedSettings?.revision ?? 0) &+ 1, next: now)
  }

  /// Sends the settings again after a pause, because a new peer may not have them.
  ///
  /// This never postpones the next time, because a stream of new peers could otherwise postpone it for ever.
  mutating func repeatSettings(after pause: Duration, now: Instant) {
    guard let advertisedSettings else { return }
    let next = min(advertisedSettings.next, now + pause + jitter(upTo: 500))
    self.advertisedSettings?.next = next
  }

  /// Sends the settings in parts, if they are due.
  mutating func sendSettings(now: Instant) {
    guard let advertisedSettings, advertisedSettings.next <= now else { return }
    let next = now + Self.settingsInterval + jitter(upTo: 500)
    self.advertisedSettings?.next = next
    let room = max(
      (path.frame - SyncFrame.headerSize - SyncFrame.Settings.headerSize) / SyncFrame.Settings.rangeSize, 1)
    let ranges = advertisedSettings.settings.pool4
    let parts = max((ranges.count + room - 1) / room, 1)
    for part in 0..<parts {
      var settings = advertisedSettings.settings
      settings.pool4 = Array(ranges[part * room..<min(part * room + room, ranges.count)])
      send(
        .settings(
          SyncFrame.Settings(
            revision: advertisedSettings.revision, part: UInt16(part), parts: UInt16(parts), settings: settings)))
    }
  }

  /// The settings that the node advertises.
  struct AdvertisedSettings: Sendable {
    let settings: NodeSettings
    let revision: UInt32
    /// When the settings are sent next.
    var next: Instant
  }
}
