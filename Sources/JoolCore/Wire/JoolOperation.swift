/// The operation that a request asks for: `genlmsghdr.cmd`, in the kernel's order (`JNLOP_…`).
public enum JoolOperation: UInt8, CaseIterable, Hashable, Sendable {
  /// Lists the instances of all network namespaces.
  case instanceForEach = 0
  /// Creates an instance.
  case instanceAdd
  /// Queries whether the instance exists.
  case instanceHello
  /// Removes the instance.
  case instanceRemove
  /// Removes all instances of the translator type in the namespace.
  case instanceFlush
  /// Translates an IPv6 address.
  case addressQuery64
  /// Translates an IPv4 address.
  case addressQuery46
  /// Lists the counters.
  case statisticsForEach
  /// Lists the global variables.
  case globalForEach
  /// Changes global variables.
  case globalUpdate
  /// Lists the EAMT.
  case eamtForEach
  /// Adds an EAMT entry.
  case eamtAdd
  /// Removes an EAMT entry.
  case eamtRemove
  /// Removes all EAMT entries.
  case eamtFlush
  /// Lists denylist4.
  case denylist4ForEach
  /// Adds a prefix to denylist4.
  case denylist4Add
  /// Removes a prefix from denylist4.
  case denylist4Remove
  /// Removes all prefixes from denylist4.
  case denylist4Flush
  /// Lists the pool4 entries of a protocol.
  case pool4ForEach
  /// Adds a pool4 entry.
  case pool4Add
  /// Removes transport addresses from pool4.
  case pool4Remove
  /// Removes all pool4 entries.
  case pool4Flush
  /// Lists the BIB of a protocol.
  case bibForEach
  /// Adds a static BIB entry.
  case bibAdd
  /// Removes a BIB entry.
  case bibRemove
  /// Lists the sessions of a protocol.
  case sessionForEach
  /// One step of an atomic configuration.
  case fileHandle
  /// Adds a peer's sessions (JOOLD_ADD).
  case sessionSyncAdd
  /// Requests a multicast of all sessions (JOOLD_ADVERTISE).
  case sessionSyncAdvertise
  /// Acknowledges the module's last multicast.
  case sessionSyncAcknowledge

  /// The only translator type that may be sent this, or `nil` if both may.
  ///
  /// Up to 4.1.9, sending it to the other type crashes the kernel.
  public var onlyIn: TranslatorType? {
    switch self {
    case .addressQuery64, .addressQuery46, .eamtForEach, .eamtAdd, .eamtRemove, .eamtFlush, .denylist4ForEach,
      .denylist4Add, .denylist4Remove, .denylist4Flush:
      .siit
    case .pool4ForEach, .pool4Add, .pool4Remove, .pool4Flush, .bibForEach, .bibAdd, .bibRemove, .sessionForEach,
      .sessionSyncAdd, .sessionSyncAdvertise, .sessionSyncAcknowledge:
      .nat64
    case .instanceForEach, .instanceAdd, .instanceHello, .instanceRemove, .instanceFlush, .statisticsForEach,
      .globalForEach, .globalUpdate, .fileHandle:
      nil
    }
  }

  /// Whether the module answers if the operation succeeds.
  ///
  /// The other operations are answered only if they fail.
  package var isAnswered: Bool { self != .sessionSyncAdd && self != .sessionSyncAcknowledge }
}

extension JoolOperation: CustomStringConvertible {
  /// The command line's name of the operation, or a similar name if the command line has none.
  public var description: String {
    switch self {
    case .instanceForEach: "instance display"
    case .instanceAdd: "instance add"
    case .instanceHello: "instance status"
    case .instanceRemove: "instance remove"
    case .instanceFlush: "instance flush"
    case .addressQuery64: "address query (IPv6)"
    case .addressQuery46: "address query (IPv4)"
    case .statisticsForEach: "stats display"
    case .globalForEach: "global display"
    case .globalUpdate: "global update"
    case .eamtForEach: "eamt display"
    case .eamtAdd: "eamt add"
    case .eamtRemove: "eamt remove"
    case .eamtFlush: "eamt flush"
    case .denylist4ForEach: "denylist4 display"
    case .denylist4Add: "denylist4 add"
    case .denylist4Remove: "denylist4 remove"
    case .denylist4Flush: "denylist4 flush"
    case .pool4ForEach: "pool4 display"
    case .pool4Add: "pool4 add"
    case .pool4Remove: "pool4 remove"
    case .pool4Flush: "pool4 flush"
    case .bibForEach: "bib display"
    case .bibAdd: "bib add"
    case .bibRemove: "bib remove"
    case .sessionForEach: "session display"
    case .fileHandle: "file handle"
    case .sessionSyncAdd: "session add"
    case .sessionSyncAdvertise: "session advertise"
    case .sessionSyncAcknowledge: "session acknowledge"
    }
  }
}
