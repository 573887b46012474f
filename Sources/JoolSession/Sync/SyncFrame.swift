internal import JoolCore

/// Who sends: a node, and which start of it.
struct SyncSender: Hashable, Sendable {
  var node: UInt64
  var epoch: UInt32
}

/// One SS2 datagram. docs/session-sync-protocol.md has the layout, byte by byte.
struct SyncFrame: Hashable, Sendable {
  var sender: SyncSender
  /// Of this frame for updates, of the sender's last update for all others. Updates are numbered from 1.
  var sequence: UInt64
  /// The node it is for; 0 is everybody.
  var target: UInt64 = 0
  var body: Body

  enum Body: Hashable, Sendable {
    case hello(Hello)
    case update([SyncRecord])
    case nak([MissingUpdates])
    case gone(first: UInt64, last: UInt64)
    case join(Join)
    case bulk(Bulk)
    /// Digests of bucket groups, from group `first` on.
    case digests(first: Int, [UInt64])
    /// Digests of a group's buckets.
    case buckets(group: Int, [UInt64])
    case repair(bucket: Int, [SyncRecord])
    case settings(Settings)
  }

  struct Hello: Hashable, Sendable {
    var isReady: Bool
    /// The highest version that the sender has said or heard.
    var clock: Version
    var sessions: UInt64
    var rootDigest: UInt64
    var pool6: IPv6Prefix
    /// What the sender has of others, those that it heard last first.
    var heard: [Heard] = []
  }

  /// How much a node has of what another one said.
  struct Heard: Hashable, Sendable {
    var sender: SyncSender
    /// It has all updates before this one.
    var next: UInt64
    /// Since when the other one has been silent.
    var silence: Milliseconds

    static let size = 24
  }

  struct MissingUpdates: Hashable, Sendable {
    var first: UInt64
    var count: UInt32
  }

  struct Join: Hashable, Sendable {
    var transfer: UInt32
    /// All frames before it have arrived, but for `missing`.
    var next: UInt32
    /// How many more the joiner has room for.
    var window: UInt32
    var missing: [UInt32]
  }

  struct Bulk: Hashable, Sendable {
    var transfer: UInt32
    var frame: UInt32
    var frames: UInt32
    var records: [SyncRecord]
  }

  /// A part of what a node is set to: all of it but for pool4, of which each part has some.
  struct Settings: Hashable, Sendable {
    /// Another one whenever the settings change; parts of different revisions do not belong together.
    var revision: UInt32
    /// Counted from 0.
    var part: UInt16
    var parts: UInt16
    var settings: NodeSettings

    static let headerSize = 32
    static let rangeSize = 20
    /// More than `NodeSettings.maxRanges` need on the narrowest path.
    static let maxParts: UInt16 = 32
  }

  static let version: UInt8 = 3
  static let headerSize = 32

  /// Whether a datagram claims to be one: C proxies' datagrams never start with two zero bytes.
  static func isFrame(_ datagram: RawSpan) -> Bool {
    datagram.byteCount >= 2 && datagram.unsafeLoadUnaligned(fromByteOffset: 0, as: UInt16.self) == 0
  }
}
