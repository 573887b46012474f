/// The state of this node: starting, mending or ready (docs/session-sync-protocol.md §8).
///
/// A node is ready if it has what its peers had at most a second ago, and its module has what the node has. The state
/// `starting` ends when the node has fetched its first table (`fetched`), or when no peer has one (`beFirst`).
struct Readiness: Sendable {
  /// How long a node that slept waits for hellos before it can be ready.
  static let awakening = TimeAmount.milliseconds(1500)
  /// How long a ready node may fail to meet a mark before it is `mending`.
  static let markTimeout = TimeAmount.seconds(1)
  /// The greatest age of a mark by which a mending node becomes ready.
  ///
  /// It is longer than `markTimeout`, because a link whose delay is above a second must not keep a node mending.
  static let oldestMark = TimeAmount.seconds(2)

  /// Why a node that has a table is not ready.
  enum Reason: Hashable, Sendable {
    /// The node lacks updates that cannot be retransmitted.
    case loss
    /// Updates have been missing for more than a second.
    case behind
    /// The module lacks sessions of the table, or may lack some.
    case module
    /// The process or the machine was stopped for seconds.
    case slept
    /// The module is absent or does not accept sessions.
    case moduleAway
  }

  /// How much of the table the module has.
  enum ModuleProgress: Hashable, Sendable {
    /// The module has everything that the table had when the mark was taken (`ModuleMark`).
    case met
    /// The module does not have all of that yet.
    case unmet
    /// The module has lacked some of that for so long that the node is no longer ready.
    case late
    /// The module is absent or does not accept sessions.
    case away
  }

  private(set) var state: NodeState
  private(set) var reason: Reason?
  private(set) var mark: Mark?
  /// The time before which the node is not ready because it slept; `nil` if there is none.
  private var heldUntil: Instant?
  /// Whether the node is the group's first.
  var bootstrap: Bootstrap
  /// When the state is updated next.
  var timer: StateTimer

  /// Whether the node slept and may not know yet what its peers have sent meanwhile.
  var isHeld: Bool { heldUntil != nil }

  init(state: NodeState = .starting, now: Instant) {
    self.state = state
    bootstrap = Bootstrap(now: now)
    timer = StateTimer(now: now)
  }

  /// Notes that a table was fetched: a starting node is `mending` from now on.
  mutating func fetched() {
    guard state == .starting else { return }
    (state, mark) = (.mending, nil)
  }

  /// Makes a starting node ready, because no peer has a table.
  mutating func beFirst() {
    guard state == .starting else { return }
    (state, mark, reason) = (.ready, nil, nil)
  }

  /// Makes a ready node `mending`, because its table or its module is incomplete.
  mutating func fallBack(because reason: Reason) {
    guard state.hasTable else { return }
    self.reason = reason
    if state == .ready { (state, mark) = (.mending, nil) }
  }

  /// Notes that the node slept.
  ///
  /// It is not ready for `awakening`, because it does not know what its peers have until their hellos arrive.
  mutating func slept(now: Instant) {
    heldUntil = now + Self.awakening
    fallBack(because: .slept)
  }

  /// Derives the state from what this node, its peers and its module have.
  /// - `own`: the version vector of this node.
  /// - `known`: the most that is known to exist of each incarnation.
  /// - `hasLosses`: whether this node lacks updates that cannot be retransmitted.
  /// - `module`: how much of the table the module has.
  mutating func update(
    own: VersionVector, known: VersionVector, hasLosses: Bool, module: ModuleProgress, now: Instant
  ) {
    if let until = heldUntil, until <= now { heldUntil = nil }
    guard state.hasTable else { return }
    // Updates that arrived after a mark was taken meet it, too. So an old mark that is met by now is replaced at once.
    // But a node that was mending for long is not ready because it has what its peers had before that.
    let isMet = mark?.isMet(by: own, known: known) ?? false
    let isMetInTime = isMet && mark.map { now - $0.takenAt <= Self.oldestMark } ?? false
    let lateMark = isMet ? nil : mark
    if isMet || mark == nil { mark = Mark(vector: known, takenAt: now) }
    let isMetNow = isMetInTime || mark?.isMet(by: own, known: known) == true
    switch (hasLosses, module) {
    case (true, _): return fallBack(because: .loss)
    case (_, .away): return fallBack(because: .moduleAway)
    case (_, .late): return fallBack(because: .module)
    default: break
    }
    if let lateMark, now - lateMark.takenAt >= Self.markTimeout { return fallBack(because: .behind) }
    guard state == .mending else { return }
    if isHeld { return }
    if isMetNow, module == .met {
      (state, reason) = (.ready, nil)
    } else {
      reason = isMetNow ? .module : reason ?? .behind
    }
  }

  /// The time at which the state may change although no datagram arrives; `nil` if there is none.
  func deadline(own: VersionVector, known: VersionVector) -> Instant? {
    if let heldUntil { return heldUntil }
    guard state == .ready, let mark, !mark.isMet(by: own, known: known) else { return nil }
    return mark.takenAt + Self.markTimeout
  }
}
