internal import JoolCore
internal import JoolSession

/// A part of a record's way that `sync-benchmark PHASE COUNT` runs COUNT times, for a program that counts instructions.
///
/// Everything that comes before the part is the same whatever COUNT is, so the difference of two runs is the cost of
/// the additional repetitions alone.
enum Phase: String, CaseIterable {
  /// Turns of the event loop, each of which a message of the module with one session begins. Its peers know the session.
  case turns
  /// Messages of the module with 36 new sessions, until the proxy has made the datagrams.
  case newsTo = "news-to"
  /// Datagrams of a peer with 36 new sessions, until the module has them.
  case newsFrom = "news-from"

  /// The largest COUNT.
  static let maxCount = 1000

  /// Runs the part `count` times.
  @MainActor func run(_ count: Int) throws {
    let traffic = Traffic(count: Self.maxCount * Traffic.recordsPerDatagram)
    let start = Instant.now
    var (near, far) = (SessionProxy.ready(seed: 1, at: start), SessionProxy.ready(seed: 2, at: start))
    near.meet(&far, at: start + .seconds(8))
    let time = start + .seconds(13)
    switch self {
    case .turns:
      // Few sessions, because the cost of filling a table varies with its random hash.
      try near.announce(traffic.announcements.prefix(10), at: time) { _ in }
      try near.turn(count, message: traffic.single(1), at: time + .seconds(2))
    case .newsTo:
      try near.announce(traffic.announcements.prefix(count), at: time) { _ in }
    case .newsFrom:
      var datagrams: [[UInt8]] = []
      try near.announce(traffic.announcements, at: time) { datagrams.append($0) }
      far.receive(datagrams.prefix(count), at: time + .seconds(1))
    }
  }
}
