/// Whether this node is still the one that its peers know: no copy of it has gone on (a snapshot, a clone of the machine), and
/// it did not sleep.
///
/// Of two copies the one that is behind starts anew, as a fresh process does. Which one that is both can see: each numbers its
/// updates, and the other one's, or what peers have of it, is ahead. Its own frames that come back are never ahead.
struct SelfCheck: Sendable {
  /// Two turns of the loop that are farther apart: peers took the node for gone, and what waited is old.
  static let longestPause = Duration.seconds(5)
  /// Two turns are this far apart at most if nothing keeps the process from running: a hello is due by then.
  static let longestTurn = Duration.milliseconds(1200)
  /// Without a seal anybody can write such a frame, and each costs the table: so often it is believed.
  static let spacing = Duration.seconds(60)
  /// A peer that does not hear a sealed node for so long may have heard a copy of it, and refuse it as a replay.
  static let patience = Duration.seconds(10)
  /// The seal's start is renewed that often at most if it does not help: each one costs the peers some memory.
  static let longestRenewal = Duration.seconds(3600)

  /// The loop stood still.
  struct Slept: Hashable, Sendable {
    let duration: Duration
  }

  /// Why the node is a copy.
  enum Evidence: Hashable, Sendable {
    /// Somebody speaks as this node, and has said more.
    case ownFrame
    /// The same, by the seal's counter.
    case ownSeal
    /// A peer has heard more of this node than it said.
    case peer
  }

  /// Whether all that is heard is authentic.
  private let isSealed: Bool
  /// Set until the node has started anew.
  private(set) var evidence: Evidence?
  /// When a frame without a seal was last believed.
  private var believed: Instant?
  private var lastTurn: Instant?
  /// When the turn before the present one began, if the process did not run for some time after it. What the module has announced
  /// since then may be older than what peers have sent meanwhile.
  private(set) var stoodStillSince: Instant?
  /// When to look for peers that do not hear this node.
  private(set) var nextLook: Instant?
  /// Since when a peer is heard that does not hear this node; `nil`: there is none.
  private var unheardSince: Instant?
  private var renewal = patience

  init(isSealed: Bool = false) { self.isSealed = isSealed }

  /// Whether the node must start anew.
  var isCopied: Bool { evidence != nil }

  /// It has: another number, another seal, an empty table.
  mutating func startedAnew() { evidence = nil }

  // MARK: Copies

  /// A frame that has this node's number. If it is sealed, it is authentic.
  /// - Parameter last: the number of this node's last update.
  mutating func hears(ownSequence sequence: UInt64, last: UInt64, now: Instant) {
    if sequence > last { believe(.ownFrame, now: now) }
  }

  /// A validated peer says what it has of this node: all updates before `next`, and up to `beyond` more with holes.
  /// - Parameter last: the number of this node's last update.
  mutating func hears(ownEntry next: UInt64, beyond: UInt64, last: UInt64, now: Instant) {
    let (end, overflow) = next.addingReportingOverflow(beyond)
    if overflow || end > last &+ 1 { believe(.peer, now: now) }
  }

  /// An authentic datagram with this node's start of the seal, and a counter that it has not reached.
  mutating func hearsOwnSeal(now: Instant) { believe(.ownSeal, now: now) }

  private mutating func believe(_ new: Evidence, now: Instant) {
    if !isSealed {
      if let believed, now - believed < Self.spacing { return }
      believed = now
    }
    evidence = evidence ?? new
  }

  // MARK: Pauses

  /// A turn of the loop begins.
  mutating func turn(now: Instant) -> Slept? {
    defer { lastTurn = now }
    stoodStillSince = nil
    guard let lastTurn, now - lastTurn > Self.longestTurn else { return nil }
    guard now - lastTurn > Self.longestPause else {
      stoodStillSince = lastTurn
      return nil
    }
    return Slept(duration: now - lastTurn)
  }

  /// What waited in the module's socket was read.
  mutating func goesOn() { stoodStillSince = nil }

  // MARK: The seal

  /// Looks once a second.
  /// - Parameter isUnheard: whether a peer is heard that does not hear this node.
  /// - Returns: whether the seal needs another start. A copy that was resumed when all others had forgotten the node has no
  ///   other sign: whoever heard the original refuses the copy's counters.
  mutating func mustRenewSeal(now: Instant, isUnheard: () -> Bool) -> Bool {
    if let nextLook, now < nextLook { return false }
    nextLook = now + .seconds(1)
    guard isUnheard() else {
      (unheardSince, renewal) = (nil, Self.patience)
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
