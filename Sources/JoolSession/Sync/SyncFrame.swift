internal import JoolCore

/// One SS2 datagram. docs/session-sync-protocol.md has the layout, byte by byte.
struct SyncFrame: Hashable, Sendable {
  var sender: Incarnation
  /// How many hellos the sender has sent, a hello itself included.
  var number: UInt32
  /// Of this frame for updates, of the sender's last update for all others. Updates are numbered from 1.
  var sequence: UInt64
  /// `nobody` is everybody.
  var target: Incarnation = .nobody
  var body: Body

  enum Body: Hashable, Sendable {
    case hello(Hello)
    case update([SyncRecord])
    case nak([MissingUpdates])
    /// Updates that the sender cannot send again.
    case unavailable(first: UInt64, last: UInt64)
    case pull(Pull)
    case bulk(Bulk)
    /// Digests of bucket groups, from group `first` on.
    case compare(first: Int, [UInt64])
    /// Digests of a group's buckets.
    case buckets(group: Int, [UInt64])
    case differences(Differences)
    case settings(Settings)
  }

  struct MissingUpdates: Hashable, Sendable {
    var first: UInt64
    var count: UInt32
  }

  /// A request for a table, and the credit for more of it.
  struct Pull: Hashable, Sendable {
    var transfer: UInt32
    /// All frames before it have arrived, but for `missing`.
    var next: UInt32
    /// How many more the receiver has room for.
    var window: UInt32
    /// What the transfer is about, told with its first request; `nil` is everything.
    var buckets: BucketSet?
    var missing: [UInt32]
  }

  /// A part of a table.
  struct Bulk: Hashable, Sendable {
    /// Bytes before the records, without the frame's header.
    static let fixedSize = 16

    var transfer: UInt32
    var frame: UInt32
    /// Fixed with the first frame.
    var frames: UInt32
    var records: [SyncRecord]
  }

  /// The answer to `compare`.
  struct Differences: Hashable, Sendable {
    static let maxCount = 64
    static let size = 16

    /// The first group that was compared.
    var first: Int
    /// How many groups were compared, 1 to 64.
    var count: Int
    /// Bit n: group `first` + n differs.
    var bitmap: UInt64
  }

  static let version: UInt8 = 3
  static let headerSize = 32
  /// Of the body of `unavailable`.
  static let unavailableSize = 16

  /// Whether a datagram claims to be one: C proxies' datagrams never start with two zero bytes.
  static func isFrame(_ datagram: RawSpan) -> Bool {
    datagram.byteCount >= 2 && datagram.unsafeLoadUnaligned(fromByteOffset: 0, as: UInt16.self) == 0
  }
}

extension UInt32 {
  /// Serial number arithmetic (RFC 1982), for the numbers of hellos.
  func isLater(than other: UInt32) -> Bool { Int32(bitPattern: self &- other) > 0 }
}
