internal import JoolCore

/// Where versions come from: a hybrid logical clock (Kulkarni et al. 2014). It is the highest version that was said or
/// heard, and no less than the time of day. So what a node says that has just started, and has heard nobody, is later
/// than what was said before.
///
/// The time of day is read once, by whoever makes the clock: if it is set later, no version jumps.
struct HybridClock: Sendable {
  /// The highest version that was said or heard.
  private(set) var latest: Version
  /// The lowest 10 bits of what is said from now on. Nodes that hear each other have different ones.
  var tag: UInt16
  private let start: Instant
  private let timeAtStart: UInt64

  /// - Parameters:
  ///   - time: of day in milliseconds since 1970; the closer to the peers', the better.
  ///   - tag: from 0 to 1023.
  init(time: UInt64, tag: UInt16, now: Instant) {
    latest = Version(milliseconds: time, tag: tag)
    self.tag = tag
    start = now
    timeAtStart = time
  }

  /// The version of what is said now. Higher than all before, and of this node's tag.
  mutating func next(now: Instant) -> Version {
    latest = first(from: max(latest.rawValue &+ 1, Version(milliseconds: time(at: now), tag: 0).rawValue))
    return latest
  }

  /// The lowest version of this node that is newer: of a correction of what was said, which is older than all that was
  /// said since.
  func version(justAfter version: Version) -> Version { first(from: version.rawValue &+ 1) }

  private func first(from floor: UInt64) -> Version {
    var value = floor - floor % Version.tags + UInt64(tag) % Version.tags
    if value < floor { value += Version.tags }
    // Only a forged version is so high. The last one is said again and again then, which peers take still.
    return Version(rawValue: min(value, Version.limit - 1))
  }

  /// A version was said or heard.
  mutating func note(_ version: Version) {
    if version > latest { latest = version }
  }

  /// The version of what has been so for some time: what was said meanwhile is newer. Never above `latest`.
  func version(age: Milliseconds, now: Instant) -> Version {
    let time = time(at: now)
    let aged = Version(milliseconds: time - min(time, UInt64(age.rawValue)), tag: tag)
    guard aged > latest else { return aged }
    let tag = UInt64(tag) % Version.tags
    let value = latest.rawValue - latest.rawValue % Version.tags + tag
    return Version(rawValue: value <= latest.rawValue || value < Version.tags ? value : value - Version.tags)
  }

  /// Of day, in milliseconds since 1970, as it goes on from the start.
  private func time(at now: Instant) -> UInt64 {
    let (seconds, attoseconds) = start.duration(to: now).components
    let elapsed = seconds &* 1000 &+ attoseconds / 1_000_000_000_000_000
    return timeAtStart &+ UInt64(max(0, elapsed))
  }
}
