public import JoolCore

/// The reason why a file is not used as a snapshot.
public enum SnapshotError: Error, Hashable, Sendable {
  /// The file does not begin as a snapshot does.
  case notSnapshot
  /// The snapshot has a format that this release does not know.
  case otherFormat(UInt32)
  /// The file ends before its contents do.
  case truncated
  /// The contents do not match the checksum.
  case damaged
  /// There are bytes after the checksum.
  case tooLong
  /// The contents are impossible although the checksum matches. The text explains why.
  case malformed(String)
  /// The snapshot is of another group.
  case otherGroup(InstanceName)
  /// The snapshot has another pool6.
  case otherPool6(IPv6Prefix)
}

extension SnapshotError: CustomStringConvertible {
  /// The reason as a sentence for the user.
  public var description: String {
    switch self {
    case .notSnapshot: "It is no snapshot of a session table."
    case .otherFormat(let format):
      "It has format \(format), and this release reads formats 1 and 2 only."
    case .truncated: "It ends too early, so it was not written completely."
    case .damaged: "It is damaged: its contents do not match its checksum."
    case .tooLong: "It is damaged: there are bytes after its end."
    case .malformed(let reason): "It has contents that cannot be: \(reason)"
    case .otherGroup(let name): "It is of the group '\(name)'."
    case .otherPool6(let pool6): "Its pool6 is \(pool6)."
    }
  }
}
