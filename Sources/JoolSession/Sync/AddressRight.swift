/// The right to have the addresses (`may`): what the track file and `status --ready` tell.
///
/// A ready node has it. A node that mends keeps it, until somebody better has promised to keep it. So a node that
/// translates is not pushed from its addresses because it misses an update, and of the nodes that have a table there is
/// always one that has the right, but for the time in which a death is not noticed.
///
/// Why: who gives the right up relies on a peer that had it when it promised, and is bound since. Who is bound gives up
/// nothing. So the chain of promises ends at a node that has the right.
struct AddressRight: Sendable {
  /// Whether this node may have the addresses.
  private(set) var may = false
  /// The peer that is asked to promise that it keeps the right, or has promised it.
  private(set) var asks = Incarnation.nobody
  /// The number of that question, 1 to 255. Each question has another one than the last.
  private(set) var request: UInt8 = 0
  /// Peers that this node has promised to keep the right, and the numbers of their questions. In order of their
  /// numbers.
  private(set) var promises: [Promise] = []
  /// Until then this node does not take a right that nobody has: it has slept, and has not heard yet who has it.
  private var listensUntil: Instant?

  struct Promise: Hashable, Sendable {
    let peer: Incarnation
    let request: UInt8
  }

  /// This node.
  struct Own: Hashable, Sendable {
    var incarnation: Incarnation
    var state: NodeState
    /// Whether the module is there and enabled. If not, the node cannot have the addresses.
    var isModuleUsable: Bool
    /// As this node's hello tells it.
    var isTranslating: Bool
    var sessions: UInt64
  }

  /// A validated peer that is heard, as its last hello tells.
  struct Peer: Hashable, Sendable {
    var incarnation: Incarnation
    var state: NodeState
    var hearsUs: Bool
    var may: Bool
    var asks: Incarnation
    var request: UInt8
    /// What it has promised us: the number of our question; 0 if nothing.
    var promise: UInt8
    var isTranslating: Bool
    var sessions: UInt64
    /// Whether it has all that this node has, this node's own updates included.
    var coversUs: Bool
    /// Whether this node has all that the peer has.
    var isCovered: Bool
  }

  /// Whether this node has promised anybody to keep the right.
  var isBound: Bool { !promises.isEmpty }

  /// The number of the question of a peer that this node has promised to keep the right; 0 if it has not.
  func promise(to peer: Incarnation) -> UInt8 { promises.first { $0.peer == peer }?.request ?? 0 }

  /// Goes by what has changed: the own state, a hello, or a peer that is silent.
  /// - Parameter peers: those that are heard, in order of their numbers.
  /// - Returns: whether peers must be told: a hello leaves soon.
  mutating func update(_ own: Own, peers: [Peer], now: Instant) -> Bool {
    let old = self
    guard own.isModuleUsable, own.state.hasTable else {
      (may, asks, promises) = (false, .nobody, [])
      return isOther(than: old)
    }
    promises.removeAll { promise in
      !peers.contains {
        $0.incarnation == promise.peer && $0.asks == own.incarnation && $0.request == promise.request
      }
    }
    if own.state == .ready { (may, asks) = (true, .nobody) }
    followAnswer(own, peers)
    takeIfNobodyHasIt(own, peers, now: now)
    ask(own, peers)
    answer(own, peers)
    return isOther(than: old)
  }

  /// The process was stopped for seconds. Another node may have the addresses by now.
  /// - Parameters:
  ///   - hadRival: whether a peer's last hello said that it has the right, too.
  ///   - pause: for how long this node listens before it takes a right that nobody has.
  mutating func slept(hadRival: Bool, pause: Duration, now: Instant) {
    guard hadRival else { return }
    (may, asks, promises) = (false, .nobody, [])
    listensUntil = now + pause
  }

  /// The process ends.
  mutating func end() { (may, asks, promises) = (false, .nobody, []) }

  private func isOther(than old: AddressRight) -> Bool {
    (may, asks, request) != (old.may, old.asks, old.request) || promises != old.promises
  }

  /// What became of the question.
  private mutating func followAnswer(_ own: Own, _ peers: [Peer]) {
    guard asks != .nobody else { return }
    guard let peer = peers.first(where: { $0.incarnation == asks }), peer.may else {
      // It is gone, or it cannot keep what it has not got.
      (may, asks) = (true, .nobody)
      return
    }
    if peer.promise == request {
      may = false
    } else if may, !Self.mayYield(own, to: peer) {
      asks = .nobody
    }
  }

  /// A node that has started has not had the right yet. If those that had it are gone meanwhile, somebody must have it.
  private mutating func takeIfNobodyHasIt(_ own: Own, _ peers: [Peer], now: Instant) {
    if let listensUntil, listensUntil <= now { self.listensUntil = nil }
    guard !may, asks == .nobody, listensUntil == nil, !peers.contains(where: \.may) else { return }
    may = true
  }

  private mutating func ask(_ own: Own, _ peers: [Peer]) {
    guard own.state == .mending, may, asks == .nobody, !isBound,
      let peer = peers.first(where: { Self.mayYield(own, to: $0) })
    else { return }
    asks = peer.incarnation
    request = request == .max ? 1 : request + 1
  }

  private mutating func answer(_ own: Own, _ peers: [Peer]) {
    guard may, asks == .nobody else { return }
    for peer in peers where peer.asks == own.incarnation && peer.request != 0 && promise(to: peer.incarnation) == 0 {
      guard Self.maySucceed(own, peer) else { continue }
      promises.append(Promise(peer: peer.incarnation, request: peer.request))
    }
    promises.sort { $0.peer < $1.peer }
  }

  /// Whether this node, which mends, may leave the addresses to a peer.
  private static func mayYield(_ own: Own, to peer: Peer) -> Bool {
    guard peer.may, peer.hearsUs else { return false }
    switch peer.state {
    case .starting: return false
    case .ready: return peer.coversUs
    case .mending:
      return isBetter(
        (peer.isTranslating, peer.sessions, peer.incarnation), than: (own.isTranslating, own.sessions, own.incarnation))
    }
  }

  /// Whether this node may promise a peer, which mends, to keep the right.
  private static func maySucceed(_ own: Own, _ peer: Peer) -> Bool {
    if own.state == .ready { return peer.isCovered }
    return isBetter(
      (own.isTranslating, own.sessions, own.incarnation), than: (peer.isTranslating, peer.sessions, peer.incarnation))
  }

  private typealias Rank = (isTranslating: Bool, sessions: UInt64, incarnation: Incarnation)

  /// Which of two mending nodes has the better claim. If both translate, neither has: each has addresses that only it
  /// can serve.
  private static func isBetter(_ one: Rank, than other: Rank) -> Bool {
    if one.isTranslating || other.isTranslating { return one.isTranslating && !other.isTranslating }
    if one.sessions > other.sessions, one.sessions / 2 >= other.sessions { return true }
    if other.sessions > one.sessions, other.sessions / 2 >= one.sessions { return false }
    return one.incarnation < other.incarnation
  }
}
