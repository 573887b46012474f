/// How far this node is.
///
/// A node is ready if it has what others had at most a second ago, and its module what the node has. `starting` ends with the first
/// table (`fetched`), or because there is none to be had (`beFirst`).
struct Readiness: Sendable {
  /// After a sleep, hellos are awaited for so long.
  static let awakening = Duration.milliseconds(1500)
  /// A mark that is not met for so long ends readiness.
  static let patience = Duration.seconds(1)

  /// Why the node is not ready, or was not when it was asked last.
  enum Reason: Hashable, Sendable {
    /// Updates were lost for good.
    case loss
    /// Updates have been missing for more than a second.
    case behind
    /// The module lacks something of the table, or may.
    case module
    case slept
    /// The module is away or does not take sessions.
    case moduleAway
  }

  /// What the module has of the table.
  enum ModuleProgress: Hashable, Sendable {
    /// All that the table had when it was looked at.
    case met
    case unmet
    /// Not for so long that others should know.
    case late
    case away
  }

  private(set) var state: NodeState
  private(set) var reason: Reason?
  private(set) var mark: Mark?
  /// Not ready before.
  private var heldUntil: Instant?

  /// Whether the node has slept and does not know yet what others have said meanwhile.
  var isHeld: Bool { heldUntil != nil }

  init(state: NodeState = .starting) { self.state = state }

  /// A table came.
  mutating func fetched() {
    guard state == .starting else { return }
    (state, mark) = (.mending, nil)
  }

  /// There is nobody who has a table.
  mutating func beFirst() {
    guard state == .starting else { return }
    (state, mark, reason) = (.ready, nil, nil)
  }

  /// Something has happened that makes the table or the module incomplete.
  mutating func fallBack(because reason: Reason) {
    guard state.hasTable else { return }
    self.reason = reason
    if state == .ready { (state, mark) = (.mending, nil) }
  }

  /// The node slept. It does not know what others have until it has heard them again.
  mutating func slept(now: Instant) {
    heldUntil = now + Self.awakening
    fallBack(because: .slept)
  }

  /// - Parameters:
  ///   - own: what this node has.
  ///   - known: what others have.
  ///   - hasLosses: whether some of that cannot be sent again.
  mutating func update(
    own: VersionVector, known: VersionVector, hasLosses: Bool, module: ModuleProgress, now: Instant
  ) {
    if let until = heldUntil, until <= now { heldUntil = nil }
    guard state.hasTable else { return }
    // A mark is met by what came after it was taken, so one of long ago is replaced at once.
    let isMet = mark?.isMet(by: own, known: known) ?? false
    let lateMark = isMet ? nil : mark
    if isMet || mark == nil { mark = Mark(vector: known, takenAt: now) }
    let isMetNow = isMet || mark?.isMet(by: own, known: known) == true
    switch (hasLosses, module) {
    case (true, _): return fallBack(because: .loss)
    case (_, .away): return fallBack(because: .moduleAway)
    case (_, .late): return fallBack(because: .module)
    default: break
    }
    if let lateMark, now - lateMark.takenAt >= Self.patience { return fallBack(because: .behind) }
    guard state == .mending else { return }
    if isHeld { return }
    if isMetNow, module == .met {
      (state, reason) = (.ready, nil)
    } else {
      reason = isMetNow ? .module : reason ?? .behind
    }
  }

  /// When the state changes although nothing is heard.
  func deadline(own: VersionVector, known: VersionVector) -> Instant? {
    if let heldUntil { return heldUntil }
    guard state == .ready, let mark, !mark.isMet(by: own, known: known) else { return nil }
    return mark.takenAt + Self.patience
  }
}
