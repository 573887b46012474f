/// What a request asks for: `genlmsghdr.cmd`, in the kernel's order (`JNLOP_…`).
public enum JoolOperation: UInt8, CaseIterable, Hashable, Sendable {
  case instanceForEach = 0
  case instanceAdd
  case instanceHello
  case instanceRemove
  case instanceFlush
  case addressQuery64
  case addressQuery46
  case statisticsForEach
  case globalForEach
  case globalUpdate
  case eamtForEach
  case eamtAdd
  case eamtRemove
  case eamtFlush
  case denylist4ForEach
  case denylist4Add
  case denylist4Remove
  case denylist4Flush
  case pool4ForEach
  case pool4Add
  case pool4Remove
  case pool4Flush
  case bibForEach
  case bibAdd
  case bibRemove
  case sessionForEach
  case fileHandle
  case sessionSyncAdd
  case sessionSyncAdvertise
  case sessionSyncAcknowledge

  /// The only translator type that may be sent this, or `nil` if both may. Up to 4.1.9 the wrong one crashes the kernel.
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

  /// Whether the module answers when all is well. The others say something only if they fail.
  public var isAnswered: Bool { self != .sessionSyncAdd && self != .sessionSyncAcknowledge }
}

extension JoolOperation: CustomStringConvertible {
  /// The words of the command line; for what has none there, words of their kind.
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
