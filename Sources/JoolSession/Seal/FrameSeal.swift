// SymmetricKey is a value, though not declared Sendable.
@preconcurrency internal import Crypto
internal import FoundationEssentials
internal import JoolCore

/// Seals frames for the group, and opens what others have sealed. docs/session-sync-protocol.md has layout and threat model.
///
///     0      2         3      4        8       16        24    32           n
///     | 0 0  | version | 255  | key id | start | counter | mix | ciphertext | tag 16 |
///
/// The key is derived (HKDF) from the group's key, the start and the upper half of the counter. The nonce is the lower half
/// of the counter and the mix, which are the twelve bytes before the ciphertext. The start is random for each start of a proxy
/// and the counter never repeats in one, so that nothing forgotten with a crash matters. The mix is for copies of the process
/// (`ProcessMoment`), which have both in common.
struct FrameSeal: Sendable {
  /// What sealing adds to a frame, in bytes.
  static let overhead = headerSize + tagSize
  /// Of the seal's own layout and keys.
  static let version: UInt8 = 3
  /// In the place of a frame's type.
  static let type: UInt8 = 255
  private static let headerSize = 32
  private static let nonceSize = 12
  private static let nonceOffset = headerSize - nonceSize
  private static let tagSize = 16
  /// The upper bound on validated incarnations (starts of peers) since this program started. None is forgotten while one of
  /// the keys opens its frames, because they could then be replayed.
  static let maxIncarnations = 16_384

  /// Replaced when an administrator changes them; trusted incarnations stay trusted.
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
  /// Of the next datagram.
  private var counter: UInt64 = 0
  private let freshness: ProcessMoment.Source
  /// What the last datagram was sealed with.
  private var ownKey: DerivedKey?
  /// By their starts.
  private var incarnations: [UInt64: Incarnation] = [:]

  private struct DerivedKey {
    let id: UInt32
    /// The upper half of the counters that it is for.
    let upper: UInt32
    let key: SymmetricKey
  }

  /// A validated start of a peer.
  private struct Incarnation {
    var window: ReplayWindow
    /// The keys that its frames were sealed with, without those that were removed since. With none left, nothing of it
    /// can be opened, or replayed.
    var keys: [UInt32]
    /// What its last authentic datagram was sealed with. Forged datagrams do not get here, so they cost no memory.
    var lastKey: DerivedKey?

    /// Notes an authentic datagram.
    /// - Returns: whether it came for the first time.
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
    var frame: Data
    /// Which start of which proxy has sealed it.
    var start: UInt64
    var counter: UInt64
    var key: UInt32
    /// Whether that start is known to be going on (`trust`). If not, the frame may be one of long ago.
    var isTrusted: Bool
  }

  /// - Parameters:
  ///   - start: random, never used before.
  ///   - freshness: what a copy of this process would not read again.
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

  /// From now on the node is another one for its peers. They trust the new start once it has proved to be going on.
  /// - Parameter start: random, never used before.
  mutating func startAnew(_ start: UInt64) {
    self.start = start
    counter = 0
    ownKey = nil
  }

  /// Seals what leaves together. Its bytes must be final: what is sealed with a mix is decided before the mix is drawn.
  /// - Returns: the datagrams, in the same order. One is missing if the cipher fails, which it has no reason to.
  mutating func seal(_ frames: [[UInt8]]) -> [[UInt8]] {
    guard !frames.isEmpty else { return [] }
    let mix = freshness().mix(start: start, counter: counter)
    return frames.compactMap { seal($0, mix: mix) }
  }

  private mutating func seal(_ frame: [UInt8], mix: UInt64) -> [UInt8]? {
    var writer = AttributeWriter(capacity: frame.count + Self.overhead)
    writer.appendBigEndian(UInt16(0))
    writer.appendBigEndian(Self.version)
    writer.appendBigEndian(Self.type)
    writer.appendBigEndian(keys.sealingID)
    writer.appendBigEndian(start)
    writer.appendBigEndian(counter)
    writer.appendBigEndian(mix)
    ownKey = key(keys.sealingID, start: start, counter: counter, known: ownKey)
    guard let key = ownKey?.key, let nonce = try? ChaChaPoly.Nonce(data: writer.bytes[Self.nonceOffset...]),
      let box = try? ChaChaPoly.seal(frame, using: key, nonce: nonce, authenticating: writer.bytes)
    else { return nil }
    counter &+= 1
    // As a whole: byte by byte costs more than the encryption.
    box.combined.withUnsafeBytes { writer.append(contentsOf: UnsafeRawBufferPointer(rebasing: $0[Self.nonceSize...])) }
    return writer.bytes
  }

  /// - Throws: for whatever was not sealed with one of our keys, and for what a trusted sender has said before.
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
    // Our own words come back, or are repeated.
    guard !isOwn || counter >= self.counter else { throw .replayed }
    let slot = incarnations.index(forKey: start)
    let known = isOwn ? ownKey : slot.flatMap { incarnations.values[$0].lastKey }
    guard let key = key(id, start: start, counter: counter, known: known) else { throw .unknownKey(id) }
    let header = datagram.extracting(first: Self.headerSize).copied()
    let combined = datagram.extracting(Self.nonceOffset..<datagram.byteCount).withUnsafeBytes { Data($0) }
    guard let box = try? ChaChaPoly.SealedBox(combined: combined),
      let frame = try? ChaChaPoly.open(box, using: key.key, authenticating: header)
    else { throw .forged }
    guard !isOwn else { throw .ownStart }
    if let slot, !incarnations.values[slot].admit(counter, key) { throw .replayed }
    return Opened(frame: frame, start: start, counter: counter, key: id, isTrusted: slot != nil)
  }

  /// The frame proves that its sender is there now: it names something that we have made up since our start. What came before
  /// it may be from before our start, said again by somebody else; what was only overtaken is asked for again.
  /// - Returns: whether there is room for one more. Incarnations of removed keys give theirs.
  mutating func trust(_ opened: Opened) -> Bool {
    guard incarnations[opened.start] == nil else { return false }
    if incarnations.count >= maxIncarnations { incarnations = incarnations.filter { !$1.keys.isEmpty } }
    isFull = incarnations.count >= maxIncarnations
    guard !isFull else { return false }
    incarnations[opened.start] = Incarnation(window: ReplayWindow(after: opened.counter), keys: [opened.key])
    return true
  }

  /// The key with this number for what a start's owner says.
  /// - Parameter known: that start's last one, which is usually it.
  private func key(_ id: UInt32, start: UInt64, counter: UInt64, known: DerivedKey?) -> DerivedKey? {
    let upper = UInt32(truncatingIfNeeded: counter >> 32)
    if let known, known.id == id, known.upper == upper { return known }
    guard let key = keys[id] else { return nil }
    let salt = withUnsafeBytes(of: start.bigEndian) { Array($0) } + withUnsafeBytes(of: upper.bigEndian) { Array($0) }
    let derived = HKDF<SHA256>.deriveKey(
      inputKeyMaterial: SymmetricKey(data: key), salt: salt, info: Array("SS2 seal 3".utf8),
      outputByteCount: KeyRing.keySize)
    return DerivedKey(id: id, upper: upper, key: derived)
  }
}
