/// The limit for what is sent on request: transfers, digests and retransmissions.
///
/// Updates do not wait for it.
///
/// A peer gets no more than its share, however much it requests. The total is bounded, too, and the bursts fit the
/// receivers' buffers. A frame that is not admitted is not queued; a peer that still lacks it requests it again.
struct SendBudget: Sendable {
  /// The rate for one peer in bytes per second, and its burst in bytes.
  static let (peerRate, peerBurst) = (8_000_000, 512 << 10)
  /// The rate for all peers together in bytes per second, and its burst in bytes.
  static let (rate, burst) = (20_000_000, 2 << 20)
  private static let maxBuckets = 2 * PeerSet.capacity

  /// The pace of transfers and digests, in frames.
  var pace: SendPace {
    get { tables.pace }
    set { tables.pace = newValue }
  }
  /// The pace of retransmissions, in frames.
  var repeatPace: SendPace {
    get { repeats.pace }
    set { repeats.pace = newValue }
  }
  private var tables = FrameAllowance()
  private var repeats = FrameAllowance()
  private var all = TokenBucket(rate: rate, burst: burst)
  /// The buckets of the peers that have requested something lately, by incarnation.
  private var peers: [UInt64: TokenBucket] = [:]

  /// Takes the room for a frame of a transfer or of digests that a peer requested.
  /// - Returns: whether the frame may be sent. If not, no room is taken.
  mutating func admit(bytes: Int, to peer: UInt64, now: Instant) -> Bool {
    guard tables.room(now: now) > 0, pay(bytes, for: peer, now: now) else { return false }
    return tables.take(1, now: now) == 1
  }

  /// Takes the room for the retransmission of an update, or for the answer that it is unavailable.
  /// - Returns: whether the frame may be sent. If not, no room is taken.
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

  /// Whether a peer has a bucket, or may have one.
  ///
  /// If all places are taken, full buckets are removed first, because a full bucket admits as much as a new one.
  private mutating func hasBucket(for peer: UInt64, now: Instant) -> Bool {
    if peers[peer] != nil || peers.count < Self.maxBuckets { return true }
    peers = peers.filter { !$1.isFull(now: now) }
    return peers.count < Self.maxBuckets
  }

  /// The time at which a full frame of a transfer may be sent to one of these peers; it may be in the past.
  ///
  /// `nil` if one may be sent at once, or if there are no peers.
  func nextRoom(to waiting: some Sequence<UInt64>) -> Instant? {
    let size = PathMTU.ethernet.payload
    var earliest: Instant?
    for peer in waiting {
      let openings = [tables.nextRoom, all.opening(for: size), peers[peer]?.opening(for: size)]
      guard let opening = openings.compactMap({ $0 }).max() else { return nil }
      earliest = earliest.map { min($0, opening) } ?? opening
    }
    return earliest
  }
}
