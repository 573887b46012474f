/// How session synchronization writes a session. The module's version decides, and nothing on the wire says which it is.
///
/// A record is an attribute of type 1 inside SESSION_ENTRIES; the UDP payload of the C proxies is a run of records.
/// `nla_len` tells the layouts apart: 140, 52 or 40.
public enum SyncFormat: CaseIterable, Hashable, Sendable {
  /// Up to 4.1.10: nested attributes. The module takes records with members missing, and up to 4.1.9 crashes on one
  /// without a port. It always sends all of them, and so do we.
  case nestedUnchecked
  /// 4.1.11: the same bytes, checked by the module.
  case nested
  /// 4.1.12: `packed48`.
  case packed48
  /// 4.1.13 and later: `packed36`.
  case packed36

  public init(module: ModuleVersion) {
    self =
      switch module {
      case ..<ModuleVersion(4, 1, 11): .nestedUnchecked
      case ..<ModuleVersion(4, 1, 12): .nested
      case ..<ModuleVersion(4, 1, 13): .packed48
      default: .packed36
      }
  }

  /// `nla_len` of a record, attribute header included. A multiple of 4: there is no padding between records.
  public var recordLength: Int {
    switch self {
    case .nestedUnchecked, .nested: 140
    case .packed48: 52
    case .packed36: 40
    }
  }

  /// How many records the module puts into one message for certain: its buffer's 1,520 bytes bound them.
  /// `ss-max-sessions-per-packet` beyond this loses every full message.
  public var safeRecordsPerMessage: Int {
    switch self {
    case .nestedUnchecked, .nested: 10
    case .packed48: 28
    case .packed36: 36
    }
  }

  /// How many records fit `bytes` of UDP payload.
  public func records(fitting bytes: Int) -> Int { bytes / recordLength }

  /// How many records one JOOLD_ADD may carry: an attribute holds 65,535 bytes, and 1,000 records are tried and tested.
  public var maxRecordsPerAdd: Int { min(1000, (Int(UInt16.max) - 4) / recordLength) }

  /// The layout whose records have this `nla_len`. Both nested ones do; the stricter is answered.
  static func recognize(recordLength: Int) -> SyncFormat? {
    switch recordLength {
    case 140: .nested
    case 52: .packed48
    case 40: .packed36
    default: nil
    }
  }

  /// Appends one record.
  /// - Parameter pool6: the local prefix; unused by layouts that carry both destinations.
  public func encode(_ session: SessionEntry, into writer: inout AttributeWriter) {
    switch self {
    case .nestedUnchecked, .nested: writer.nest(SessionEntry.entry, session)
    case .packed48: writer.attribute(SessionEntry.entry) { Packed48.encode(session, into: &$0) }
    case .packed36: writer.attribute(SessionEntry.entry) { Packed36.encode(session, into: &$0) }
    }
  }

  /// A run of records: the UDP payload, or what JOOLD_ADD carries.
  public func encode(_ sessions: some Sequence<SessionEntry>) -> [UInt8] {
    var writer = AttributeWriter()
    for session in sessions { encode(session, into: &writer) }
    return writer.bytes
  }
}
