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
