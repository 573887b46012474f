/// The layout of a session in session synchronization.
///
/// It depends on the module's version, and no field on the wire names it.
///
/// A record is an attribute of type 1 inside SESSION_ENTRIES. The UDP payload of the C proxies is a run of records. The
/// layouts have different values of `nla_len`: 140, 52 or 40.
public enum RecordLayout: CaseIterable, Hashable, Sendable {
  /// The layout up to 4.1.10: nested attributes. The module accepts records with missing members; up to 4.1.9 it
  /// crashes on a record without a port. The module always sends all members, and so does this library.
  case nestedUnchecked
  /// The layout of 4.1.11: the same bytes, checked by the module.
  case nested
  /// The layout of 4.1.12: 48 packed bytes.
  case packed48
  /// The layout of 4.1.13 and later: 36 packed bytes.
  case packed36

  /// The layout that a module of this version uses.
  public init(module: ModuleVersion) {
    self =
      switch module {
      case ..<ModuleVersion(4, 1, 11): .nestedUnchecked
      case ..<ModuleVersion(4, 1, 12): .nested
      case ..<ModuleVersion(4, 1, 13): .packed48
      default: .packed36
      }
  }

  /// The `nla_len` of a record in bytes, attribute header included.
  ///
  /// It is a multiple of 4, so there is no padding between records.
  public var recordLength: Int {
    switch self {
    case .nestedUnchecked, .nested: 140
    case .packed48: 52
    case .packed36: 40
    }
  }

  /// The number of records that certainly fit into one message of the module, whose buffer has 1,520 bytes.
  ///
  /// With a larger `ss-max-sessions-per-packet` every full message is lost.
  public var safeRecordsPerMessage: Int {
    switch self {
    case .nestedUnchecked, .nested: 10
    case .packed48: 28
    case .packed36: 36
    }
  }

  /// The number of records that fit into `bytes` of UDP payload.
  public func records(fitting bytes: Int) -> Int { bytes / recordLength }

  /// The maximum number of records in one JOOLD_ADD.
  ///
  /// An attribute holds 65,535 bytes, and more than 1,000 records have not been tested.
  public var maxRecordsPerAdd: Int { min(1000, (Int(UInt16.max) - 4) / recordLength) }

  /// The layout whose records have this `nla_len`, or `nil`.
  ///
  /// Both nested layouts have 140; the stricter one, `.nested`, is returned.
  static func recognize(recordLength: Int) -> RecordLayout? {
    switch recordLength {
    case 140: .nested
    case 52: .packed48
    case 40: .packed36
    default: nil
    }
  }

  /// Appends one record to `writer`, attribute header included.
  package func encode(_ session: SessionEntry, into writer: inout AttributeWriter) {
    switch self {
    case .nestedUnchecked, .nested: writer.nest(SessionEntry.entry, session)
    case .packed48: writer.attribute(SessionEntry.entry) { Packed48.encode(session, into: &$0.raw) }
    case .packed36: writer.attribute(SessionEntry.entry) { Packed36.encode(session, into: &$0.raw) }
    }
  }

  /// A run of records: the UDP payload of the C proxies, or the content of a JOOLD_ADD.
  public func encode(_ sessions: some Sequence<SessionEntry>) -> [UInt8] {
    var writer = AttributeWriter()
    for session in sessions { encode(session, into: &writer) }
    return writer.bytes
  }
}
