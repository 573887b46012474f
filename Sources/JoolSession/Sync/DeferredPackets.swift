internal import OrderedCollections

/// The sessions whose last packet this node has not sent a record for, because it had sent one a short time before.
///
/// Without this delay, each node on the path of a flow would send a record for each packet.
///
/// This type does not know when a session is due, so the node takes all of them once per second. Each session takes 20
/// bytes and an index, and there are no more sessions than rows in the table.
struct DeferredPackets: Sendable {
  /// The time between two calls that take the sessions.
  static let interval = TimeAmount.seconds(1)

  /// A packet that no record was sent for.
  struct Packet: Sendable {
    /// The time at which the session expires because of this packet, slack included.
    let end: Instant
    /// The `SessionTable.content(at:)` of the session as the packet made it.
    ///
    /// If the row has another state, mask or session now, the packet no longer extends anything.
    let content: UInt64
  }

  /// The last packet of each session.
  private var packets: OrderedDictionary<SessionHandle, Packet> = [:]
  /// The next time to look at the sessions; `nil` if there are none.
  private(set) var deadline: Instant?

  mutating func add(_ packet: Packet, of handle: SessionHandle, now: Instant) {
    packets[handle] = packet
    if deadline == nil { deadline = now + Self.interval }
  }

  /// Postpones all sessions by `interval`, because this node may not send them yet.
  mutating func wait(now: Instant) { if !packets.isEmpty { deadline = now + Self.interval } }

  /// Takes all sessions if `deadline` has passed.
  ///
  /// The caller adds those again that are not due yet.
  mutating func takeDue(now: Instant) -> OrderedDictionary<SessionHandle, Packet> {
    guard let deadline, deadline <= now else { return [:] }
    let due = packets
    packets = [:]
    self.deadline = nil
    return due
  }
}
