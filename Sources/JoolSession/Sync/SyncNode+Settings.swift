internal import JoolCore

/// The exchange of settings, which lets each node find what prevents one node from taking over from another.
extension SyncNode {
  /// Sends the settings again after a pause, because a new peer may not have them.
  mutating func repeatSettings(after pause: Duration, now: Instant) {
    guard settings.own != nil else { return }
    settings.send(before: now + pause + jitter(upTo: 500))
  }

  /// Sends the settings in parts, if they are due.
  mutating func sendSettings(now: Instant) {
    guard settings.isDue(now: now) else { return }
    let room = (path.frame - SyncFrame.headerSize - SyncFrame.Settings.headerSize) / SyncFrame.Settings.rangeSize
    for part in settings.parts(room: max(room, 1), jitter: jitter(upTo: 500), now: now) { send(.settings(part)) }
  }
}
