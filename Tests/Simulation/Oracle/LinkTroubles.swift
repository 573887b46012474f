/// The faults of links, while and after which a node may not have sent what its module has announced.
struct LinkTroubles {
  /// The number of current faults.
  private var count = 0
  private var begin: Moment = 0
  private var end: Moment = .seconds(-1000)

  /// The time after which peers need the time until they have what they lack.
  private static let memory: Moment = 10_000_000

  mutating func begins(_ now: Moment) {
    if count == 0, end < now - Self.memory { begin = now }
    count += 1
  }

  mutating func ends(_ now: Moment) {
    count -= 1
    end = now
  }

  /// The time since which announcements may not have reached the peers.
  func since(_ now: Moment) -> Moment {
    count > 0 || end > now - Self.memory ? begin : now
  }
}
