/// Detects that another copy of this node is running (a resumed snapshot, a cloned machine), and that this node slept.
///
/// If two copies run, the one that is behind starts anew, as a fresh process does. A copy can tell that it is behind:
/// the other copy's update number, or what peers have of the two, is above its own last update. Its own frames that
/// loop back are never above that.
struct SelfCheck: Sendable {
  /// The longest time between two turns of the event loop.
  ///
  /// After a longer one the node counts as having slept: its peers have timed it out, and the datagrams that waited for
  /// it are old.
  static let longestPause = TimeAmount.seconds(5)
  /// The longest time between two turns while nothing keeps the process from running, because a hello is due by then.
  static let longestTurn = TimeAmount.milliseconds(1200)
  /// The minimum interval between two pieces of evidence that are accepted in a group without a seal.
  ///
  /// Anybody can forge them there, and each costs the node its table.
  static let spacing = TimeAmount.seconds(60)
  /// How long a peer may fail to hear a sealed node before the node renews its start of the seal.
  ///
  /// Such a peer may have heard a copy of this node, and may refuse this node's datagrams as replays.
  static let renewalDelay = TimeAmount.seconds(10)
  /// The longest interval between two renewals of the seal's start.
  ///
  /// The interval doubles up to this while renewals do not help, because each new start costs the peers some memory.
  static let longestRenewal = TimeAmount.seconds(3600)

  /// A pause of the event loop that counts as sleep.
  struct Slept: Hashable, Sendable {
    let duration: TimeAmount
  }

  /// The evidence that another copy of this node is running, and is ahead.
  enum Evidence: Hashable, Sendable {
    /// A frame with this node's incarnation has a sequence above that of this node's last update.
    case ownFrame
    /// An authentic datagram with this node's start of the seal has a counter that this node has not used yet.
    case ownSeal
    /// A peer has more updates of this node than this node has sent.
    case peer
  }

  /// Whether the group has a seal, so that all received frames are authentic.
  private let isSealed: Bool
  /// The evidence that this node is the copy that is behind; `nil` if there is none, or none since it started anew.
  private(set) var evidence: Evidence?
  /// When evidence without a seal was last accepted.
  private var believed: Instant?
  private var lastTurn: Instant?
  /// When the previous turn began, if the process did not run for some time after it (`longestTurn` to `longestPause`);
  /// otherwise `nil`.
  ///
  /// What the module has announced since then may be older than what peers have sent meanwhile.
  private(set) var pausedSince: Instant?
  /// When to check next for peers that do not hear this node.
  private(set) var nextLook: Instant?
  /// Since when a peer has been heard that does not hear this node, or when the seal's start was last renewed because
  /// of that; `nil` if there is no such peer.
  private var unheardSince: Instant?
  /// The pause before the next renewal of the seal's start.
  private var renewal = renewalDelay

  init(isSealed: Bool = false) { self.isSealed = isSealed }

  /// Whether the node must start anew.
  var isCopied: Bool { evidence != nil }

  /// Notes that the node starts anew, with another incarnation, another start of the seal and an empty table.
  mutating func startedAnew() { evidence = nil }

  // MARK: Copies

  /// Checks a received frame that has this node's incarnation as sender.
  ///
  /// In a sealed group the frame is authentic.
  /// - `last`: the number of this node's last update.
  mutating func hears(ownSequence sequence: UInt64, last: UInt64, now: Instant) {
    if sequence > last { believe(.ownFrame, now: now) }
  }

  /// Checks a validated peer's hello entry for this node: the peer has all updates before `next`, and some of the
  /// `beyond` updates from there on.
  /// - `last`: the number of this node's last update.
  mutating func hears(ownEntry next: UInt64, beyond: UInt64, last: UInt64, now: Instant) {
    let (end, overflow) = next.addingReportingOverflow(beyond)
    if overflow || end > last &+ 1 { believe(.peer, now: now) }
  }

  /// Notes an authentic datagram with this node's start of the seal and a counter that this node has not used yet.
  mutating func hearsOwnSeal(now: Instant) { believe(.ownSeal, now: now) }

  private mutating func believe(_ new: Evidence, now: Instant) {
    if !isSealed {
      if let believed, now - believed < Self.spacing { return }
      believed = now
    }
    evidence = evidence ?? new
  }

  // MARK: Pauses

  /// Notes that a turn of the event loop begins.
  /// - Returns: the time since the previous turn if it counts as sleep, otherwise `nil`.
  mutating func turn(now: Instant) -> Slept? {
    defer { lastTurn = now }
    pausedSince = nil
    guard let lastTurn, now - lastTurn > Self.longestTurn else { return nil }
    guard now - lastTurn > Self.longestPause else {
      pausedSince = lastTurn
      return nil
    }
    return Slept(duration: now - lastTurn)
  }

  /// Clears `pausedSince`, because the module's messages that waited during the pause were read.
  mutating func endPause() { pausedSince = nil }

  // MARK: The seal

  /// Checks once a second whether the seal needs another start.
  ///
  /// A copy that is resumed after all peers have forgotten the node has no other sign of the original: the peers that
  /// heard the original refuse the copy's counters.
  ///
  /// Returns whether the seal needs another start.
  /// - `isUnheard`: whether a peer is heard that does not hear this node.
  mutating func mustRenewSeal(now: Instant, isUnheard: () -> Bool) -> Bool {
    if let nextLook, now < nextLook { return false }
    nextLook = now + .seconds(1)
    guard isUnheard() else {
      (unheardSince, renewal) = (nil, Self.renewalDelay)
      return false
    }
    let since = unheardSince ?? now
    unheardSince = since
    guard now - since >= renewal else { return false }
    unheardSince = now
    renewal = min(renewal * 2, Self.longestRenewal)
    return true
  }
}
