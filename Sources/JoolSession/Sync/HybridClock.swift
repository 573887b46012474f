internal import JoolCore

/// Assigns the versions of records: a hybrid logical clock (Kulkarni et al.
///
/// 2014). A new version is above all versions that were sent or received, and not below the time of day. So a node that
/// has just started, and has received nothing yet, still assigns newer versions than those from before its start.
///
/// The time of day is read once, by the caller that creates the clock. So versions do not jump if the system's time is
/// set while the clock is in use.
struct HybridClock: Sendable {
  /// The highest version that was sent or received; at first the time of day.
  private(set) var latest: Version
  /// The lowest 10 bits of the versions that are assigned from now on.
  ///
  /// Nodes that are peers have different tags.
  private(set) var tag: UInt16
  private let start: Instant
  private let timeAtStart: UInt64

  /// Makes a clock that has issued no version yet.
  /// - `time`: the time of day in milliseconds since 1970; the closer to the peers' time, the better.
  /// - `tag`: a number from 0 to 1023.
  init(time: UInt64, tag: UInt16, now: Instant) {
    latest = Version(milliseconds: time, tag: tag)
    self.tag = tag
    start = now
    timeAtStart = time
  }

  /// Replaces the tag, because a peer has the same one.
  mutating func use(tag: UInt16) { self.tag = tag }

  /// Assigns the version of a record that is sent now.
  ///
  /// It is above all versions before and has this node's tag.
  mutating func next(now: Instant) -> Version {
    latest = first(from: max(latest.rawValue &+ 1, Version(milliseconds: time(at: now), tag: 0).rawValue))
    return latest
  }

  /// The lowest version with this node's tag that is above `version`.
  ///
  /// It is for the correction of a record, which must stay older than all records that were sent since then.
  func version(justAfter version: Version) -> Version { first(from: version.rawValue &+ 1) }

  private func first(from floor: UInt64) -> Version {
    var value = floor - floor % Version.tags + UInt64(tag) % Version.tags
    if value < floor { value += Version.tags }
    // Only a forged version is so high. Then the last version is assigned repeatedly, which peers still accept.
    return Version(rawValue: min(value, Version.limit - 1))
  }

  /// Raises `latest` to a version that was sent or received.
  mutating func note(_ version: Version) {
    if version > latest { latest = version }
  }

  /// The version of a session whose content has been the same for `age`.
  ///
  /// It is older than the records that were sent meanwhile, and never above `latest`.
  func version(age: Milliseconds, now: Instant) -> Version {
    let time = time(at: now)
    let aged = Version(milliseconds: time - min(time, UInt64(age.rawValue)), tag: tag)
    guard aged > latest else { return aged }
    let tag = UInt64(tag) % Version.tags
    let value = latest.rawValue - latest.rawValue % Version.tags + tag
    return Version(rawValue: value <= latest.rawValue || value < Version.tags ? value : value - Version.tags)
  }

  /// The time of day in milliseconds since 1970: the time at the start, and the time that has elapsed since then.
  private func time(at now: Instant) -> UInt64 {
    timeAtStart &+ UInt64(max(0, (now - start).milliseconds))
  }
}
