internal import JoolCore

/// A row of the table, with its place in the order in which the module adds sessions fastest: ascending expiration per
/// protocol and timer.
struct RowKey: Comparable, Sendable {
  /// The key as `SessionOrder` computes it.
  fileprivate let bits: UInt64

  /// The number of the row.
  ///
  /// The row may have another session by now, or none.
  var row: UInt32 { UInt32(truncatingIfNeeded: bits) & 0x0FFF_FFFF }

  static func < (left: RowKey, right: RowKey) -> Bool { left.bits < right.bits }
}

extension SessionTable {
  /// The key of a row; `nil` if the row is free.
  func key(of row: UInt32) -> RowKey? {
    guard row < rows.endIndex, !rows[row].isFree else { return nil }
    return RowKey(bits: SessionOrder.key(of: rows[row], number: row))
  }

  /// The row of the session that has the identity of `entry`.
  func row(like entry: SessionEntry) -> UInt32? {
    find(proto: entry.proto, source6: entry.source6, destination4: entry.destination4)
  }

  /// The rows of a BIB entry; none if there is no such entry.
  func rowKeys(of bib: BIBEntry) -> [RowKey] {
    let none = TransportAddress(IPv4Address(bits: 0), 0)
    let key = SessionRow(proto: bib.proto, source6: bib.source6, destination4: none)
    guard let leader = findBIB6(key, hash.bib6(key)), rows[leader].source4Address == bib.source4 else { return [] }
    var keys: [RowKey] = []
    var number = leader
    repeat {
      if let key = self.key(of: number) { keys.append(key) }
      number = rows[number].siblingNext
    } while number != leader
    return keys
  }
}
