/// The times at which the last hellos from one node to another were sent and arrived.
struct Hellos {
  private var ring: [(sent: Moment, arrived: Moment)] = []
  private var next = 0
  private(set) var lastArrival: Moment = .seconds(-1_000_000)
  /// The time since which hellos arrive without a pause of four seconds.
  private(set) var since: Moment = 0
  /// The arrival of the first hello.
  private var firstArrival: Moment = .seconds(1_000_000)
  /// Whether a hello has arrived whose sender had received this node, so that the sender counts as a peer.
  private(set) var haveAnswered = false

  /// Notes a hello that arrived.
  /// - `heard`: the hellos that the sender has received from the receiver.
  mutating func note(sent: Moment, arrived: Moment, heard: Hellos) {
    if heard.firstArrival <= sent, sent - heard.lastArrival < .seconds(5) { haveAnswered = true }
    firstArrival = min(firstArrival, arrived)
    if arrived - lastArrival > .seconds(4) {
      since = arrived
      ring = []
      next = 0
    }
    lastArrival = arrived
    if ring.count < 8 {
      ring.append((sent, arrived))
    } else {
      ring[next] = (sent, arrived)
      next = (next + 1) % ring.count
    }
  }

  /// The latest sending time of the hellos that arrived by a moment.
  func sent(arrivedBefore moment: Moment) -> Moment? {
    ring.lazy.filter { $0.arrived <= moment }.map(\.sent).max()
  }
}
