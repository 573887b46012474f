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
    case .unsealed: "It is not sealed, and this proxy accepts only sealed ones. (Do all nodes have --net.key-file?)"
    case .malformed: "It is not a sealed SS2 frame."
    case .otherVersion(let version):
      "Its seal has version \(version), and this proxy uses version \(FrameSeal.version). "
        + "The two proxies do not understand each other. Upgrade the older one."
    case .unknownKey(let id): "It was sealed with key \(id), which this proxy's key file does not have."
    case .forged: "Its seal is not authentic: another key was used, or the datagram was changed on the way."
    case .replayed: "It was received before, or is too old to tell."
    case .ownStart: "Another proxy uses this one's identity (a snapshot or a clone?)."
    }
  }
}
