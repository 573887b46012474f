internal import JoolCore

/// One SS2 datagram.
///
/// docs/session-sync-protocol.md has the layout, byte by byte.
struct SyncFrame: Hashable, Sendable {
  var sender: Incarnation
  /// The number of hellos that the sender has sent, including this frame if it is a hello.
  var number: UInt32
  /// The number of this update; in other frames, the number of the sender's last update.
  ///
  /// Updates are numbered from 1.
  var sequence: UInt64
  /// The incarnation that the frame is for; `nobody` means everybody.
  var target: Incarnation = .nobody
  var body: Body

  /// The content of a frame, by its type.
  enum Body: Hashable, Sendable {
    case hello(Hello)
    case update([SyncRecord])
    case nak([MissingUpdates])
    /// Updates that the sender cannot retransmit.
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

  /// A range of updates that a peer is asked to retransmit.
  struct MissingUpdates: Hashable, Sendable {
    var first: UInt64
    var count: UInt32
  }

  /// A request for a transfer, and credit for more of its frames.
  struct Pull: Hashable, Sendable {
    var transfer: UInt32
    /// All frames before this one have arrived.
    var next: UInt32
    /// The number of frames from `next` on that may be sent.
    var window: UInt32
    /// The buckets to transfer; `nil` means the whole table.
    ///
    /// Only requests with `next` 0 have them.
    var buckets: BucketSet?
    /// The frames from `next` on that the receiver misses.
    var missing: [UInt32]
  }

  /// One frame of a transfer.
  struct Bulk: Hashable, Sendable {
    /// The size in bytes of the body before the records.
    static let fixedSize = 16

    var transfer: UInt32
    /// The number of this frame, from 0.
    var frame: UInt32
    /// The number of frames in the transfer, which the source fixes when the transfer begins.
    var frames: UInt32
    var records: [SyncRecord]
  }

  /// The answer to `compare`: the groups that differ.
  struct Differences: Hashable, Sendable {
    static let maxCount = 64
    static let size = 16

    /// The first group that was compared.
    var first: Int
    /// How many groups were compared, 1 to 64.
    var count: Int
    /// Bit n, from the lowest, is set if group `first` + n differs.
    var bitmap: UInt64
  }

  static let version: UInt8 = 3
  static let headerSize = 32
  /// The size in bytes of the body of `unavailable`.
  static let unavailableSize = 16

  /// Whether a datagram claims to be an SS2 frame.
  ///
  /// C proxies' datagrams never start with two zero bytes.
  static func isFrame(_ datagram: RawSpan) -> Bool {
    datagram.byteCount >= 2 && datagram.unsafeLoadUnaligned(fromByteOffset: 0, as: UInt16.self) == 0
  }
}

extension UInt32 {
  /// Whether the number of a hello is later than another one, by serial number arithmetic (RFC 1982).
  func isLater(than other: UInt32) -> Bool { Int32(bitPattern: self &- other) > 0 }
}
