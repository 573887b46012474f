/// The last hellos from one node to another one: when they were sent, and when they arrived.
struct Hellos {
  private var ring: [(sent: Moment, arrived: Moment)] = []
  private var next = 0
  private(set) var lastArrival: Moment = .seconds(-1_000_000)
  /// Since when they come without a pause of five seconds.
  private(set) var since: Moment = 0
  /// When the first one arrived.
  private var firstArrival: Moment = .seconds(1_000_000)
  /// Whether one has arrived whose sender had heard this node, so that the sender counts as a peer.
  private(set) var haveAnswered = false

  /// - Parameter heard: what the sender has heard of the receiver.
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

  /// When the last one was sent that arrived before a moment.
  func sent(arrivedBefore moment: Moment) -> Moment? {
    ring.lazy.filter { $0.arrived <= moment }.map(\.sent).max()
  }
}
