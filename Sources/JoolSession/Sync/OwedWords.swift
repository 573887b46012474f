internal import OrderedCollections

/// Sessions of which this node has kept back a packet because it had said something a short time before. Of a flow
/// through several nodes each would say something with each packet otherwise.
///
/// It does not know when they are due: it is asked for all of them once per second. 20 bytes and an index per session,
/// and no more sessions than the table has rows.
struct OwedWords: Sendable {
  static let interval = Duration.seconds(1)

  /// A packet that was kept back.
  struct Word: Sendable {
    /// Until when the session lives by it, slack included.
    let end: Instant
    /// `SessionTable.content(at:)` of the session as the packet made it. In another state, under another mask or in the
    /// place of another session the packet entitles to nothing.
    let content: UInt64
  }

  /// The last one of each session.
  private var words: OrderedDictionary<SessionHandle, Word> = [:]
  /// When to look at them again; `nil` if there are none.
  private(set) var deadline: Instant?

  mutating func add(_ word: Word, of handle: SessionHandle, now: Instant) {
    words[handle] = word
    if deadline == nil { deadline = now + Self.interval }
  }

  /// It is too early to say anything.
  mutating func wait(now: Instant) { if !words.isEmpty { deadline = now + Self.interval } }

  /// All of them, if it is time to look. What is not due yet is to be added again.
  mutating func takeDue(now: Instant) -> OrderedDictionary<SessionHandle, Word> {
    guard let deadline, deadline <= now else { return [:] }
    let due = words
    words = [:]
    self.deadline = nil
    return due
  }
}
