internal import JoolCore
internal import OrderedCollections

/// The senders of hellos that have not proved that they hear this node, because their hellos did not mention it.
///
/// This node mentions them in its next hello, so that they can prove it. They cost nothing else.
struct UnvalidatedSenders: Sendable {
  static let capacity = 64
  /// The minimum interval between two early hellos for one sender.
  static let answerPause = TimeAmount.seconds(1)

  struct Sender: Hashable, Sendable {
    var lastHeard: Instant
    /// Whether the sender's last hello states that it has a table.
    var hasTable: Bool
    var hasOtherPool6: Bool
    /// Whether the sender has this node's pool6, and either has a table or mentions another node that is heard and has
    /// one.
    var hasSignOfTable: Bool
    /// Whether a hello of the sender had the state *starting*.
    ///
    /// Such a sender has no table from before its first update, so only its updates need to be fetched.
    var wasStarting: Bool
    fileprivate var lastAnswered: Instant?
  }

  private var senders: OrderedDictionary<Incarnation, Sender> = [:]

  /// Notes a hello of an unvalidated sender.
  ///
  /// If there is no room, the sender that has been silent for longest is forgotten.
  /// - Returns: whether an early hello may be sent for it, because the last one was at least `answerPause` ago.
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
      hasSignOfTable: !hasOtherPool6 && (hello.state.hasTable || hello.entries.contains { $0.isTable(besides: own) }),
      wasStarting: hello.state == .starting || known?.wasStarting == true,
      lastAnswered: isDue ? now : known?.lastAnswered)
    return isDue
  }

  var count: Int { senders.count }

  /// Whether a hello of this unvalidated sender was received.
  func knows(_ incarnation: Incarnation) -> Bool { senders[incarnation] != nil }

  mutating func remove(_ incarnation: Incarnation) -> Sender? { senders.removeValue(forKey: incarnation) }

  mutating func removeAll() { senders.removeAll() }

  /// The senders that have not timed out, the most recently heard first.
  func present(now: Instant) -> [(incarnation: Incarnation, sender: Sender)] {
    senders.filter { now - $0.value.lastHeard < SyncPeer.timeout }
      .sorted { ($1.value.lastHeard, $0.key) < ($0.value.lastHeard, $1.key) }
      .map { ($0.key, $0.value) }
  }
}
