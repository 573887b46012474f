/// Decides whether this node has the right to the addresses (`may`).
///
/// The track file and `status --ready` report it.
///
/// A ready node has the right. A mending node keeps it until a better peer has promised to keep its own. So a node that
/// translates does not lose its addresses because it lacks an update, and at least one of the nodes with a table always
/// has the right. There are two exceptions: the time until a failed node is timed out, and the time in which the last node
/// that is left gives its module the sessions.
///
/// The reason: a node gives up the right only to a peer that had it when it promised and is bound by the promise since
/// then. A bound node does not give up the right. So the chain of promises ends at a node that has the right.
struct AddressRight: Sendable {
  /// Whether this node may have the addresses.
  private(set) var may = false
  /// The peer that this node asks to promise that it keeps the right, or that has promised it; `nobody` is none.
  private(set) var asks = Incarnation.nobody
  /// The number of the question to that peer, 1 to 255; 0 before the first one.
  ///
  /// It differs from the last one's number.
  private(set) var request: UInt8 = 0
  /// The promises of this node to keep the right, in ascending order of the peers' incarnations.
  private(set) var promises: [Promise] = []
  /// The time until which this node does not take a right that nobody has, because it has slept and does not know yet
  /// which peers have it.
  private var listensUntil: Instant?

  /// A promise to a peer, as the answer to its question with the number `request`.
  struct Promise: Hashable, Sendable {
    let peer: Incarnation
    let request: UInt8
  }

  /// The state of this node, as far as the right depends on it.
  struct Own: Hashable, Sendable {
    var incarnation: Incarnation
    var state: NodeState
    /// Whether the module is present and enabled.
    ///
    /// If not, the node cannot have the addresses.
    var isModuleUsable: Bool
    /// Whether the module is being given sessions that it lacks, and has not been slow in taking them so far.
    var isFillingModule = false
    /// Whether the node translates, as its hello advertises it.
    var isTranslating: Bool
    var sessions: UInt64
  }

  /// A validated peer that has not timed out, as its last hello describes it.
  struct Peer: Hashable, Sendable {
    var incarnation: Incarnation
    var state: NodeState
    var hearsUs: Bool
    var may: Bool
    var asks: Incarnation
    var request: UInt8
    /// The number of this node's question that the peer has promised; 0 if it has promised nothing.
    var promise: UInt8
    var isTranslating: Bool
    var sessions: UInt64
    /// Whether the peer has everything that this node has, including this node's own updates.
    var coversUs: Bool
    /// Whether this node has everything that the peer has.
    var isCovered: Bool
  }

  /// Whether this node has promised any peer to keep the right.
  var isBound: Bool { !promises.isEmpty }

  /// The number of the peer's question that this node has promised; 0 if it has promised the peer nothing.
  func promise(to peer: Incarnation) -> UInt8 { promises.first { $0.peer == peer }?.request ?? 0 }

  /// Updates the right, the question and the promises after a change: of this node's state, by a hello, or because a
  /// peer has timed out.
  ///
  /// Returns whether peers must learn of a change, so that a hello must be sent soon.
  /// - `peers`: the peers that have not timed out, in ascending order of their incarnations.
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

  /// Gives up the right after the process was stopped for seconds, because another node may have taken the addresses.
  ///
  /// Without a rival the right is kept.
  /// - `hadRival`: whether a peer's last hello before the pause advertised that it has the right, too.
  /// - `pause`: the time for which this node listens before it takes a right that nobody has.
  mutating func slept(hadRival: Bool, pause: TimeAmount, now: Instant) {
    guard hadRival else { return }
    (may, asks, promises) = (false, .nobody, [])
    listensUntil = now + pause
  }

  /// Gives up the right, because the process ends.
  mutating func end() { (may, asks, promises) = (false, .nobody, []) }

  private func isOther(than old: AddressRight) -> Bool {
    (may, asks, request) != (old.may, old.asks, old.request) || promises != old.promises
  }

  /// Acts on the hello of the peer that was asked: the promise, or the end of the question.
  private mutating func followAnswer(_ own: Own, _ peers: [Peer]) {
    guard asks != .nobody else { return }
    guard let peer = peers.first(where: { $0.incarnation == asks }), peer.may else {
      // The peer has timed out, or it does not have the right and cannot keep it. So this node takes the right back.
      (may, asks) = (true, .nobody)
      return
    }
    if peer.promise == request {
      may = false
    } else if may, !Self.mayYield(own, to: peer) {
      asks = .nobody
    }
  }

  /// Takes the right if no peer has it.
  ///
  /// A mending node that was starting before has never had the right. Without this rule no node would have it if the
  /// nodes that had it have failed meanwhile. Its module should have the sessions first, because it would give clients
  /// other masks than those of the sessions that it lacks.
  private mutating func takeIfNobodyHasIt(_ own: Own, _ peers: [Peer], now: Instant) {
    if let listensUntil, listensUntil <= now { self.listensUntil = nil }
    guard !may, asks == .nobody, listensUntil == nil, !own.isFillingModule, !peers.contains(where: \.may) else {
      return
    }
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

  /// Whether this node, which is mending, may leave the addresses to a peer.
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

  /// Whether this node may promise a peer, which is mending, to keep the right.
  private static func maySucceed(_ own: Own, _ peer: Peer) -> Bool {
    if own.state == .ready { return peer.isCovered }
    return isBetter(
      (own.isTranslating, own.sessions, own.incarnation), than: (peer.isTranslating, peer.sessions, peer.incarnation))
  }

  private typealias Rank = (isTranslating: Bool, sessions: UInt64, incarnation: Incarnation)

  /// Whether the first of two mending nodes has the better claim.
  ///
  /// If both translate, neither has, because each has addresses that only it can serve.
  private static func isBetter(_ one: Rank, than other: Rank) -> Bool {
    if one.isTranslating || other.isTranslating { return one.isTranslating && !other.isTranslating }
    if one.sessions > other.sessions, one.sessions / 2 >= other.sessions { return true }
    if other.sessions > one.sessions, other.sessions / 2 >= one.sessions { return false }
    return one.incarnation < other.incarnation
  }
}
