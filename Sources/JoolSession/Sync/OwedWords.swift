internal import OrderedCollections

/// Sessions of which this node has kept back a packet because it had said something a short time before. Of a flow
/// through several nodes each would say something with each packet otherwise.
///
/// It does not know when they are due: it is asked for all of them once per second. 8 bytes and an index per session,
/// and no more sessions than the table has rows.
struct OwedWords: Sendable {
  typealias Instant = ContinuousClock.Instant

  static let interval = Duration.seconds(1)

  private var handles: OrderedSet<SessionHandle> = []
  /// When to look at them again; `nil` if there are none.
  private(set) var deadline: Instant?

  mutating func add(_ handle: SessionHandle, now: Instant) {
    handles.append(handle)
    if deadline == nil { deadline = now + Self.interval }
  }

  /// All of them, if it is time to look. What is not due yet is to be added again.
  mutating func takeDue(now: Instant) -> OrderedSet<SessionHandle> {
    guard let deadline, deadline <= now else { return [] }
    let due = handles
    handles = []
    self.deadline = nil
    return due
  }
}
