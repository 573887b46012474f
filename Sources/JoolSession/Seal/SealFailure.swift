/// The reason why a datagram was not accepted as one of the group's.
public enum SealFailure: Error, Hashable, Sendable {
  /// The datagram is not sealed.
  case unsealed
  /// The datagram is too short.
  case malformed
  /// The seal has this version, which is not `FrameSeal.version`.
  case otherVersion(UInt8)
  /// This node does not have the key with this number.
  case unknownKey(UInt32)
  /// The authentication has failed.
  case forged
  /// The datagram was received before, or its counter is too low to know that.
  case replayed
  /// The datagram has this proxy's own start and a counter that it has not used yet. A copy of this proxy has sealed
  /// it, and is ahead.
  case ownStart
}

extension SealFailure: CustomStringConvertible {
  /// A message for the administrator.
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
