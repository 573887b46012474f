import JoolCore
import JoolSession

/// What the event loop and the store of a mirror do.
extension SimulatedNode {
  /// The interval between two looks at the peers' settings.
  private static let checkInterval = TimeAmount.seconds(1)

  var isMirror: Bool { plan.isMirror }

  /// The time of the wall clock, as a moment.
  func wallMoment(_ now: Moment) -> Moment { Moment(clock.wall(now) - NodeClock.epoch) * 1000 }

  /// The present time by the machine's clocks.
  func snapshotMoment(_ now: Moment) -> SnapshotMoment {
    SnapshotMoment(
      timeOfDay: UInt64(clamping: clock.wall(now)), sinceStart: UInt64(clamping: clock.local(now) / 1000), start: boots)
  }

  /// Restores the last complete snapshot.
  mutating func startMirror(_ now: Moment) {
    let time = time(now)
    nextCheck = time.now
    nextSnapshot = time.now + .seconds(plan.mirror?.interval ?? 0)
    guard let bytes = disk.completed, lie != .restoresNothing else { return }
    guard let saved = SavedSnapshot(bytes), core.restore(saved, at: snapshotMoment(now), time, lie) else {
      // The check reports it.
      hasRefusedSnapshot = true
      return
    }
  }

  /// Takes the settings of the peers, and begins a snapshot if one is due.
  mutating func checkMirror(_ now: Moment) {
    let time = time(now)
    disk.advance(to: now)
    if core.canJoin { core.updateMirror(time) }
    number = core.number
    guard time.now >= nextCheck else { return }
    nextCheck = time.now + Self.checkInterval
    core.updateMirror(time)
    number = core.number
    guard let mirror = plan.mirror, let interval = mirror.interval, time.now >= nextSnapshot, !disk.isWriting else {
      return
    }
    nextSnapshot = time.now + .seconds(interval)
    guard let bytes = core.snapshot(number: disk.nextNumber, at: snapshotMoment(now), time) else { return }
    disk.write(bytes, until: now + .seconds(mirror.writing))
  }
}
