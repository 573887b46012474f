internal import OrderedCollections

/// Sessions of which this node has kept back a packet because it had said something a short time before. Of a flow
/// through several nodes each would say something with each packet otherwise.
///
/// It does not know when they are due: it is asked for all of them once per second. 24 bytes and an index per session,
/// and no more sessions than the table has rows.
struct OwedWords: Sendable {
  static let interval = Duration.seconds(1)

  /// Until when each session lives by the last packet that was kept back, slack included.
  private var ends: OrderedDictionary<SessionHandle, Instant> = [:]
  /// When to look at them again; `nil` if there are none.
  private(set) var deadline: Instant?

  mutating func add(_ handle: SessionHandle, until end: Instant, now: Instant) {
    ends[handle] = end
    if deadline == nil { deadline = now + Self.interval }
  }

  /// All of them, if it is time to look. What is not due yet is to be added again.
  mutating func takeDue(now: Instant) -> OrderedDictionary<SessionHandle, Instant> {
    guard let deadline, deadline <= now else { return [:] }
    let due = ends
    ends = [:]
    self.deadline = nil
    return due
  }
}
