/// What may leave because others ask for it: tables, digests, updates said again. What is news does not wait for it.
///
/// Whoever asks, and however much for: a peer gets no more than its share, all of it together is bounded, and it leaves in
/// bursts that the receivers' buffers hold. What is not admitted is not queued; whoever lacks it asks again.
struct SendBudget: Sendable {
  /// Bytes per second, and at once.
  static let (peerRate, peerBurst) = (8_000_000, 512 << 10)
  static let (rate, burst) = (20_000_000, 2 << 20)
  private static let maxBuckets = 2 * SyncNode.maxPeers

  /// Of tables and digests.
  var pace: SendPace {
    get { tables.pace }
    set { tables.pace = newValue }
  }
  /// Of updates said again.
  var repeatPace: SendPace {
    get { repeats.pace }
    set { repeats.pace = newValue }
  }
  private var tables = FrameAllowance()
  private var repeats = FrameAllowance()
  private var all = TokenBucket(rate: rate, burst: burst)
  /// Of those that have asked lately.
  private var peers: [UInt64: TokenBucket] = [:]

  /// A frame of a table or of digests, for a peer that asked for it.
  /// - Returns: whether it may leave. If not, nothing is taken.
  mutating func admit(bytes: Int, to peer: UInt64, now: Instant) -> Bool {
    guard tables.room(now: now) > 0, pay(bytes, for: peer, now: now) else { return false }
    return tables.take(1, now: now) == 1
  }

  /// An update that a peer lacks.
  mutating func admit(repeated bytes: Int, to peer: UInt64, now: Instant) -> Bool {
    guard repeats.room(now: now) > 0, pay(bytes, for: peer, now: now) else { return false }
    return repeats.take(1, now: now) == 1
  }

  private mutating func pay(_ bytes: Int, for peer: UInt64, now: Instant) -> Bool {
    guard all.has(bytes, now: now), hasBucket(for: peer, now: now) else { return false }
    var bucket = peers[peer] ?? TokenBucket(rate: Self.peerRate, burst: Self.peerBurst)
    guard bucket.has(bytes, now: now) else { return false }
    bucket.take(bytes, now: now)
    all.take(bytes, now: now)
    peers[peer] = bucket
    return true
  }

  /// A bucket that is full again is as good as none, so few are kept.
  private mutating func hasBucket(for peer: UInt64, now: Instant) -> Bool {
    if peers[peer] != nil || peers.count < Self.maxBuckets { return true }
    peers = peers.filter { !$1.isFull(now: now) }
    return peers.count < Self.maxBuckets
  }

  /// When a full frame of a table may leave to one of these peers, perhaps in the past. `nil`: at once, or there are none.
  func nextRoom(to waiting: some Sequence<UInt64>) -> Instant? {
    let size = PathSize.ethernet.payload
    var earliest: Instant?
    for peer in waiting {
      let openings = [tables.nextRoom, all.opening(for: size), peers[peer]?.opening(for: size)]
      guard let opening = openings.compactMap({ $0 }).max() else { return nil }
      earliest = earliest.map { min($0, opening) } ?? opening
    }
    return earliest
  }
}
