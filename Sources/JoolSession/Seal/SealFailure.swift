/// Why a datagram is none of the group's, now.
public enum SealFailure: Error, Hashable, Sendable {
  case unsealed
  case malformed
  case otherVersion(UInt8)
  case unknownKey(UInt32)
  case forged
  case replayed
  /// A copy of this proxy has sealed it, and is ahead.
  case ownStart
}

extension SealFailure: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unsealed: "It is not sealed, and this proxy has keys. (Do all have --net.key-file?)"
    case .malformed: "It is no sealed frame of SS2."
    case .otherVersion(let version):
      "It was sealed by a proxy of another version of this protocol (\(version); ours is \(FrameSeal.version)). "
        + "They do not understand each other; upgrade it."
    case .unknownKey(let id): "It was sealed with key \(id), which is not in the key file."
    case .forged: "Its seal is broken: it was made with another key, or changed on its way."
    case .replayed: "It came before."
    case .ownStart: "Another proxy uses this one's identity (a snapshot or a clone?)."
    }
  }
}
