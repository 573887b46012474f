/// A decoded run of session records, as C proxies exchange them in UDP and the module sends them in SESSION_ENTRIES.
///
/// A run with any structural mistake is refused as a whole: it must consist of attributes of type 1, all with the
/// length of one layout, and end where the last attribute ends. The module must not receive any other run, because it
/// compares the size of a record with `nla_len`, which includes the attribute's 4-byte header. 4.1.13 therefore accepts
/// a record that is up to 4 bytes too short, and reads the next record's bytes as its last fields. It also misreads the
/// longer layouts of older releases as other sessions. A record with the right structure but impossible values is
/// refused alone.
package struct SyncDatagram: Hashable, Sendable {
  /// The layout of the records, recognized by their length.
  package let format: RecordLayout
  /// The sessions of the valid records, in the order of the datagram.
  package private(set) var sessions: [SessionEntry] = []
  /// The errors of the records with impossible values, whose sessions are not in `sessions`.
  package private(set) var refused: [WireFormatError] = []

  /// Decodes a run of records.
  /// - Parameters:
  ///   - payload: The run of records.
  ///   - pool6: The prefix of the local instance. Two layouts derive addresses from it, and all sessions are checked
  ///     against it.
  /// - Throws: `WireFormatError` for any mistake in the structure, including an empty run, and `.missing` if the layout
  ///   `packed36` cannot use the length of `pool6`.
  package init(decoding payload: RawSpan, pool6: IPv6Prefix) throws(WireFormatError) {
    guard payload.byteCount >= 2 else {
      throw .truncated(field: "session record", need: 4, have: payload.byteCount)
    }
    let length = Int(try payload.nativeInteger(at: 0, as: UInt16.self, field: "nla_len"))
    guard let format = RecordLayout.recognize(recordLength: length) else {
      throw .badValue(field: "session record's nla_len", value: UInt64(length))
    }
    guard payload.byteCount % length == 0 else { throw .strayBytes(count: payload.byteCount % length) }
    self.format = format
    sessions.reserveCapacity(payload.byteCount / length)
    var reader = AttributeReader(payload)
    while let record = try reader.next() {
      guard record.value.byteCount + 4 == length else {
        throw .wrongSize(field: "session record", expected: length, actual: record.value.byteCount + 4)
      }
      guard record.type == SessionEntry.entry, !record.isNested || format == .nested else {
        throw .unexpected(attribute: record.type, in: "session records")
      }
      do throws(WireFormatError) {
        let session = try Self.session(decoding: record.value, as: format, pool6: pool6)
        try session.checkValues(pool6: pool6)
        sessions.append(session)
      } catch {
        guard case .badValue = error else { throw error }
        refused.append(error)
      }
    }
  }

  private static func session(
    decoding record: RawSpan, as format: RecordLayout, pool6: IPv6Prefix
  ) throws(WireFormatError) -> SessionEntry {
    switch format {
    case .nestedUnchecked, .nested: try SessionEntry(decoding: record)
    case .packed48: try Packed48.decode(record, pool6: pool6)
    case .packed36: try Packed36.decode(record, pool6: pool6)
    }
  }
}

extension SessionEntry {
  /// Checks that a NAT64 with this pool6 could have created this session.
  ///
  /// The module checks almost none of this.
  /// - Throws: `WireFormatError.badValue` with the first impossible field.
  package func checkValues(pool6: IPv6Prefix) throws(WireFormatError) {
    if proto == .tcp {
      guard state.isKnown else { throw .badValue(field: "TCP state", value: UInt64(state.rawValue)) }
      guard timer.isKnown else { throw .badValue(field: "TCP timer", value: UInt64(timer.rawValue)) }
    } else {
      guard state == .established else { throw .badValue(field: "\(proto) state", value: UInt64(state.rawValue)) }
      guard timer == .established else { throw .badValue(field: "\(proto) timer", value: UInt64(timer.rawValue)) }
    }
    if proto == .icmp {
      guard source4.port == destination4.port else {
        throw .badValue(field: "ICMP identifier", value: UInt64(destination4.port))
      }
      guard source6.port == destination6.port else {
        throw .badValue(field: "ICMPv6 identifier", value: UInt64(destination6.port))
      }
    } else {
      guard destination6.port == destination4.port else {
        throw .badValue(field: "destination port", value: UInt64(destination6.port))
      }
    }
    let node = source6.address
    guard !node.isUnspecified, !node.isMulticast, !pool6.contains(node) else {
      throw .badValue(field: "src6", value: UInt64(truncatingIfNeeded: node.bits >> 64))
    }
    guard pool6.extracting(from: destination6.address) == destination4.address else {
      throw .badValue(field: "dst6", value: UInt64(truncatingIfNeeded: destination6.address.bits >> 64))
    }
  }
}
