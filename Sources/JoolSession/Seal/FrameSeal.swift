// SymmetricKey is a value, though not declared Sendable.
@preconcurrency internal import Crypto
internal import FoundationEssentials
internal import JoolCore

/// Seals frames for the group, and opens what others have sealed. docs/session-sync-protocol.md has layout and threat model.
///
///     0      2         3      4        8      24        32           n
///     | 0 0  | version | 255  | key id | salt | counter | ciphertext | tag 16 |
///
/// The salt is random for each start of a proxy, and each salt has keys of its own (HKDF): nonces, which are the last twelve
/// bytes before the ciphertext, never repeat under one key, whatever was forgotten with a crash.
struct FrameSeal: Sendable {
  /// What sealing adds to a frame.
  static let overhead = headerSize + tagSize
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
      derived = [:]
      let former = oldValue
      let current = keys
      incarnations = incarnations.mapValues { known in
        var known = known
        known.keys.removeAll { current[$0] != former[$0] }
        return known
      }
    }
  }
  /// Whether a new incarnation was refused because there is no room for more.
  private(set) var isFull = false
  private let maxIncarnations: Int
  private let salt: UInt128
  private var counter: UInt64 = 0
  /// By their salts.
  private var incarnations: [UInt128: Incarnation] = [:]
  /// Keys of our own salt and of trusted ones, by salt and number.
  private var derived: [DerivedKey: SymmetricKey] = [:]

  private struct DerivedKey: Hashable {
    var salt: UInt128
    var id: UInt32
  }

  /// A validated start of a peer.
  private struct Incarnation {
    var window: ReplayWindow
    /// The keys that its frames were sealed with, without those that were removed since. With none left, nothing of it
    /// can be opened, or replayed.
    var keys: [UInt32]
  }

  /// An opened datagram.
  struct Opened {
    var frame: Data
    /// Which start of which proxy has sealed it.
    var salt: UInt128
    var counter: UInt64
    var key: UInt32
    /// Whether that start is known to be going on (`trust`). If not, the frame may be one of long ago.
    var isTrusted: Bool
  }

  /// - Parameter salt: random, never used before.
  init(keys: KeyRing, salt: UInt128, maxIncarnations: Int = Self.maxIncarnations) {
    self.keys = keys
    self.salt = salt
    self.maxIncarnations = maxIncarnations
  }

  /// Whether a datagram claims to be sealed.
  static func isSealed(_ datagram: RawSpan) -> Bool {
    datagram.byteCount > 3 && SyncFrame.isFrame(datagram)
      && datagram.unsafeLoad(fromByteOffset: 3, as: UInt8.self) == type
  }

  /// - Returns: `nil` if the cipher fails, which it has no reason to.
  mutating func seal(_ frame: [UInt8]) -> [UInt8]? {
    var writer = AttributeWriter(capacity: frame.count + Self.overhead)
    writer.appendBigEndian(UInt16(0))
    writer.appendBigEndian(SyncFrame.version)
    writer.appendBigEndian(Self.type)
    writer.appendBigEndian(keys.sealingID)
    writer.appendBigEndian(salt)
    writer.appendBigEndian(counter)
    guard let key = key(keys.sealingID, salt: salt, isKept: true),
      let nonce = try? ChaChaPoly.Nonce(data: writer.bytes[Self.nonceOffset...]),
      let box = try? ChaChaPoly.seal(frame, using: key, nonce: nonce, authenticating: writer.bytes)
    else { return nil }
    counter += 1
    // As a whole: byte by byte costs more than the encryption.
    box.combined.withUnsafeBytes { writer.append(contentsOf: UnsafeRawBufferPointer(rebasing: $0[Self.nonceSize...])) }
    return writer.bytes
  }

  /// - Throws: for whatever was not sealed with one of our keys, and for what a trusted sender has said before.
  mutating func open(_ datagram: RawSpan) throws(SealFailure) -> Opened {
    guard Self.isSealed(datagram) else { throw .unsealed }
    guard datagram.byteCount > Self.overhead,
      let id = try? datagram.bigEndianInteger(at: 4, as: UInt32.self, field: "key id"),
      let salt = try? datagram.bigEndianInteger(at: 8, as: UInt128.self, field: "salt"),
      let counter = try? datagram.bigEndianInteger(at: 24, as: UInt64.self, field: "counter")
    else { throw .malformed }
    guard salt != self.salt else { throw .replayed }
    let isTrusted = incarnations[salt] != nil
    guard let key = key(id, salt: salt, isKept: isTrusted) else { throw .unknownKey(id) }
    let header = datagram.extracting(first: Self.headerSize).copied()
    let combined = datagram.extracting(Self.nonceOffset..<datagram.byteCount).withUnsafeBytes { Data($0) }
    guard let box = try? ChaChaPoly.SealedBox(combined: combined),
      let frame = try? ChaChaPoly.open(box, using: key, authenticating: header)
    else { throw .forged }
    if isTrusted {
      if incarnations[salt]?.window.admit(counter) == false { throw .replayed }
      if incarnations[salt]?.keys.contains(id) == false { incarnations[salt]?.keys.append(id) }
    }
    return Opened(frame: frame, salt: salt, counter: counter, key: id, isTrusted: isTrusted)
  }

  /// The frame proves that its sender is there now: it names something that we have made up since our start. What came before
  /// it may be from before our start, said again by somebody else; what was only overtaken is asked for again.
  /// - Returns: whether there is room for one more. Incarnations of removed keys give theirs.
  mutating func trust(_ opened: Opened) -> Bool {
    guard incarnations[opened.salt] == nil else { return false }
    if incarnations.count >= maxIncarnations { incarnations = incarnations.filter { !$1.keys.isEmpty } }
    isFull = incarnations.count >= maxIncarnations
    guard !isFull else { return false }
    incarnations[opened.salt] = Incarnation(window: ReplayWindow(after: opened.counter), keys: [opened.key])
    return true
  }

  /// The key with this number for what a salt's owner says. Forged salts must not fill the memory: only trusted ones are kept.
  private mutating func key(_ id: UInt32, salt: UInt128, isKept: Bool) -> SymmetricKey? {
    let name = DerivedKey(salt: salt, id: id)
    if let known = derived[name] { return known }
    guard let key = keys[id] else { return nil }
    let new = HKDF<SHA256>.deriveKey(
      inputKeyMaterial: SymmetricKey(data: key), salt: withUnsafeBytes(of: salt.bigEndian) { Array($0) },
      info: Array("SS2 seal".utf8), outputByteCount: KeyRing.keySize)
    if isKept { derived[name] = new }
    return new
  }
}

/// Why a datagram is none of the group's, now.
public enum SealFailure: Error, Hashable, Sendable {
  case unsealed
  case malformed
  case unknownKey(UInt32)
  case forged
  case replayed
}

extension SealFailure: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unsealed: "It is not sealed, and this proxy has keys. (Do all have --net.key-file?)"
    case .malformed: "It is no sealed frame of SS2."
    case .unknownKey(let id): "It was sealed with key \(id), which is not in the key file."
    case .forged: "Its seal is broken: it was made with another key, or changed on its way."
    case .replayed: "It came before."
    }
  }
}
