internal import JoolCore

/// Seals frames for the group, and opens those that others have sealed.
///
/// docs/session-sync-protocol.md has layout and threat model.
///
///     0      2         3      4        8       16        24    32           n
///     | 0 0  | version | 255  | key id | start | counter | mix | ciphertext | tag 16 |
///
/// The key is derived (HKDF) from the group's key, the start and the upper half of the counter. The nonce is the lower
/// half of the counter and the mix, which are the twelve bytes before the ciphertext. The start is random for each
/// start of a proxy, and no counter is used twice with one start. So nothing has to be stored across a crash. The mix
/// protects against copies of the process (`ProcessMoment`), which have start and counter in common.
struct FrameSeal: Sendable {
  /// The number of bytes that sealing adds to a frame.
  static let overhead = headerSize + SecretKey.tagSize
  /// The version of the seal's own layout and keys.
  static let version: UInt8 = 3
  /// The value in the place of a frame's type.
  static let type: UInt8 = 255
  private static let headerSize = 32
  /// The upper bound on validated incarnations (starts of peers) since this program started.
  ///
  /// None is forgotten while one of the keys opens its frames, because they could then be replayed.
  static let maxIncarnations = 16_384

  /// The keys of the group.
  ///
  /// They change when an administrator replaces them. Validated incarnations stay validated.
  var keys: KeyRing {
    didSet {
      ownKey = nil
      let former = oldValue
      let current = keys
      incarnations = incarnations.mapValues { known in
        var known = known
        known.lastKey = nil
        known.keys.removeAll { current[$0] != former[$0] }
        return known
      }
    }
  }
  /// Whether a new incarnation was refused because there is no room for more.
  private(set) var isFull = false
  private let maxIncarnations: Int
  private var start: UInt64
  /// The counter of the next datagram.
  private var counter: UInt64 = 0
  private let freshness: ProcessMoment.Source
  /// The key that sealed the last datagram.
  private var ownKey: DerivedKey?
  /// The validated incarnations by their starts.
  private var incarnations: [UInt64: Incarnation] = [:]

  private struct DerivedKey {
    let id: UInt32
    /// The upper half of the counters for which this key is used.
    let upper: UInt32
    let key: SecretKey
  }

  /// A validated start of a peer.
  private struct Incarnation {
    var window: ReplayWindow
    /// The numbers of the keys that its frames were sealed with, without those that were removed since.
    ///
    /// If none is left, none of its frames can be opened, or replayed.
    var keys: [UInt32]
    /// The key of its last authentic datagram.
    ///
    /// Forged datagrams do not change it, so they cost no memory.
    var lastKey: DerivedKey?

    /// Notes an authentic datagram.
    /// - Returns: whether it was received for the first time.
    mutating func admit(_ counter: UInt64, _ key: DerivedKey) -> Bool {
      guard window.admit(counter) else { return false }
      if lastKey?.id != key.id || lastKey?.upper != key.upper {
        lastKey = key
        if !keys.contains(key.id) { keys.append(key.id) }
      }
      return true
    }
  }

  /// An opened datagram.
  struct Opened {
    var frame: [UInt8]
    /// The start of the sender that has sealed it.
    var start: UInt64
    var counter: UInt64
    var key: UInt32
    /// Whether that start was validated (`trust`).
    ///
    /// If not, the frame may be an old one that was replayed.
    var isTrusted: Bool
  }

  /// Makes the seal of a node that has sent nothing yet.
  /// - `start`: a random number that was never used before.
  /// - `freshness`: reads values that a copy of this process would not read again.
  init(
    keys: KeyRing, start: UInt64, maxIncarnations: Int = Self.maxIncarnations,
    freshness: @escaping ProcessMoment.Source = ProcessMoment.now
  ) {
    self.keys = keys
    self.start = start
    self.maxIncarnations = maxIncarnations
    self.freshness = freshness
  }

  /// Whether a datagram claims to be sealed.
  static func isSealed(_ datagram: RawSpan) -> Bool {
    datagram.byteCount > 3 && SyncFrame.isFrame(datagram)
      && datagram.unsafeLoad(fromByteOffset: 3, as: UInt8.self) == type
  }

  /// Takes a new start.
  ///
  /// Peers then treat this node as another sender, and accept its frames once they have validated the new start.
  /// - Parameter start: a random number that was never used before.
  mutating func startAnew(_ start: UInt64) {
    self.start = start
    counter = 0
    ownKey = nil
  }

  /// Seals a batch of frames.
  ///
  /// Their bytes must be final, because the mix must be drawn after everything that is sealed with it is fixed.
  /// - Returns: the datagrams, in the same order.
  mutating func seal(_ frames: [[UInt8]]) -> [[UInt8]] {
    guard !frames.isEmpty else { return [] }
    let mix = freshness().mix(start: start, counter: counter)
    return frames.compactMap { seal($0, mix: mix) }
  }

  private mutating func seal(_ frame: [UInt8], mix: UInt64) -> [UInt8]? {
    var writer = ByteWriter(capacity: Self.headerSize)
    writer.appendBigEndian(UInt16(0))
    writer.appendBigEndian(Self.version)
    writer.appendBigEndian(Self.type)
    writer.appendBigEndian(keys.sealingID)
    writer.appendBigEndian(start)
    writer.appendBigEndian(counter)
    writer.appendBigEndian(mix)
    ownKey = key(keys.sealingID, start: start, counter: counter, known: ownKey)
    guard let key = ownKey?.key else { return nil }
    counter &+= 1
    return key.seal(frame, header: writer.bytes)
  }

  /// Opens a sealed datagram.
  /// - Throws: `SealFailure` if the datagram was not sealed with one of the group's keys, if it has this node's own
  ///   start, or if its sender is validated and the datagram was received before.
  mutating func open(_ datagram: RawSpan) throws(SealFailure) -> Opened {
    guard Self.isSealed(datagram) else { throw .unsealed }
    let version = datagram.unsafeLoad(fromByteOffset: 2, as: UInt8.self)
    guard version == Self.version else { throw .otherVersion(version) }
    guard datagram.byteCount > Self.overhead,
      let id = try? datagram.bigEndianInteger(at: 4, as: UInt32.self, field: "key id"),
      let start = try? datagram.bigEndianInteger(at: 8, as: UInt64.self, field: "start"),
      let counter = try? datagram.bigEndianInteger(at: 16, as: UInt64.self, field: "counter")
    else { throw .malformed }
    let isOwn = start == self.start
    // Own datagrams are looped back, or replayed.
    guard !isOwn || counter >= self.counter else { throw .replayed }
    let slot = incarnations.index(forKey: start)
    let known = isOwn ? ownKey : slot.flatMap { incarnations.values[$0].lastKey }
    guard let key = key(id, start: start, counter: counter, known: known) else { throw .unknownKey(id) }
    guard let frame = key.key.open(datagram, headerSize: Self.headerSize) else { throw .forged }
    guard !isOwn else { throw .ownStart }
    if let slot, !incarnations.values[slot].admit(counter, key) { throw .replayed }
    return Opened(frame: frame, start: start, counter: counter, key: id, isTrusted: slot != nil)
  }

  /// Validates the sender's start.
  ///
  /// The caller has found that the frame echoes a random number of this node (its incarnation), so the sender is
  /// running now.
  ///
  /// Frames with lower counters are refused from now on, because they may be replays from before this node's start. If
  /// one was merely reordered, it will be requested again.
  /// - Returns: whether the start was added. `false` if it was validated before, or if there is no room. Incarnations
  ///   whose keys were all removed are dropped if that makes room.
  mutating func trust(_ opened: Opened) -> Bool {
    guard incarnations[opened.start] == nil else { return false }
    if incarnations.count >= maxIncarnations { incarnations = incarnations.filter { !$1.keys.isEmpty } }
    isFull = incarnations.count >= maxIncarnations
    guard !isFull else { return false }
    incarnations[opened.start] = Incarnation(window: ReplayWindow(after: opened.counter), keys: [opened.key])
    return true
  }

  /// The derived key for datagrams of a start.
  ///
  /// `nil` if the group has no key with this number.
  /// - `known`: the last key of that start, which usually is the right one.
  private func key(_ id: UInt32, start: UInt64, counter: UInt64, known: DerivedKey?) -> DerivedKey? {
    let upper = UInt32(truncatingIfNeeded: counter >> 32)
    if let known, known.id == id, known.upper == upper { return known }
    guard let key = keys[id] else { return nil }
    var salt = ByteWriter()
    salt.appendBigEndian(start)
    salt.appendBigEndian(upper)
    return DerivedKey(id: id, upper: upper, key: key.derived(salt: salt.bytes, info: Array("SS2 seal 3".utf8)))
  }
}
