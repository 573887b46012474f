internal import JoolCore
internal import OrderedCollections

/// Senders of hellos that have not proved to hear this node: their hellos did not mention it. They are mentioned in the next hello, so
/// that they can, and cost nothing else.
struct UnvalidatedSenders: Sendable {
  static let capacity = 64
  /// A sender gets an early hello at most this often.
  static let answerPause = Duration.seconds(1)

  struct Sender: Hashable, Sendable {
    var lastHeard: Instant
    /// Whether its last hello said so.
    var hasTable: Bool
    var hasOtherPool6: Bool
    /// Whether it has our pool6, and has a table or mentions somebody who is there and has one.
    var hearsOfTable: Bool
    /// Whether a hello of it said that it has no table yet: then there is nothing to have of it but its updates.
    var wasStarting: Bool
    fileprivate var lastAnswered: Instant?
  }

  private var senders: OrderedDictionary<Incarnation, Sender> = [:]

  /// - Returns: whether a hello soon would tell the sender something new.
  mutating func note(
    _ incarnation: Incarnation, _ hello: SyncFrame.Hello, own: Incarnation, pool6: IPv6Prefix, now: Instant
  ) -> Bool {
    if senders[incarnation] == nil, senders.count >= Self.capacity,
      let oldest = senders.min(by: { ($0.value.lastHeard, $0.key) < ($1.value.lastHeard, $1.key) })
    {
      senders[oldest.key] = nil
    }
    let known = senders[incarnation]
    let hasOtherPool6 = hello.pool6 != pool6
    let isDue = known?.lastAnswered.map { now - $0 >= Self.answerPause } ?? true
    senders[incarnation] = Sender(
      lastHeard: now, hasTable: hello.state.hasTable, hasOtherPool6: hasOtherPool6,
      hearsOfTable: !hasOtherPool6 && (hello.state.hasTable || hello.entries.contains { $0.isTable(besides: own) }),
      wasStarting: hello.state == .starting || known?.wasStarting == true,
      lastAnswered: isDue ? now : known?.lastAnswered)
    return isDue
  }

  var count: Int { senders.count }

  /// Whether a hello of it has come.
  func knows(_ incarnation: Incarnation) -> Bool { senders[incarnation] != nil }

  mutating func remove(_ incarnation: Incarnation) -> Sender? { senders.removeValue(forKey: incarnation) }

  mutating func removeAll() { senders.removeAll() }

  /// Those that were heard lately, the last ones first.
  func present(now: Instant) -> [(incarnation: Incarnation, sender: Sender)] {
    senders.filter { now - $0.value.lastHeard < SyncPeer.patience }
      .sorted { ($1.value.lastHeard, $0.key) < ($0.value.lastHeard, $1.key) }
      .map { ($0.key, $0.value) }
  }
}
