public import JoolCore

/// Iteration over sessions and BIB entries.
extension SessionTable {
  /// Calls `body` with each session, in no particular order.
  ///
  /// Throws only what `body` throws.
  public func forEach(now: Instant, _ body: (Session) throws -> Void) rethrows {
    for number in 0..<rows.endIndex where !rows[number].isFree { try body(session(rows[number], now: now)) }
  }

  /// Calls `body` with the sessions of at most `limit` rows, beginning with `row`.
  ///
  /// This is for callers that go through the table in steps while it changes.
  /// - Returns: the row to continue with. `nil` at the end.
  func forEach(from row: UInt32, limit: UInt32, now: Instant, _ body: (Session) -> Void) -> UInt32? {
    let end = min(row + limit, rows.endIndex)
    guard row < end else { return nil }
    for number in row..<end where !rows[number].isFree { body(session(rows[number], now: now)) }
    return end < rows.endIndex ? end : nil
  }

  /// Calls `body` with each BIB entry, in no particular order.
  ///
  /// Throws only what `body` throws.
  public func forEachBIBEntry(_ body: (BIBEntry) throws -> Void) rethrows {
    for number in 0..<rows.endIndex where !rows[number].isFree && rows[number].isLeader {
      try body(rows[number].bibEntry)
    }
  }

  /// The current sessions, in the order in which the module adds them fastest: by protocol, timer and expiration,
  /// ascending.
  /// - `isWanted`: whether a bucket is included. `nil`: all are.
  package func kernelOrder(inBuckets isWanted: ((Int) -> Bool)? = nil) -> SessionOrder {
    var keys: ContiguousArray<UInt64> = []
    if isWanted == nil { keys.reserveCapacity(count) }
    for number in 0..<rows.endIndex where !rows[number].isFree && isWanted?(bucket(of: rows[number])) != false {
      keys.append(SessionOrder.key(of: rows[number], number: number))
    }
    keys.sort()
    return SessionOrder(keys: keys)
  }

  /// The session that a handle stands for, as it is now.
  ///
  /// `nil` if it no longer exists.
  package func session(at handle: SessionHandle, now: Instant) -> Session? {
    guard handle.number < rows.endIndex, !rows[handle.number].isFree else { return nil }
    return session(rows[handle.number], now: now)
  }

  private func bucket(of row: SessionRow) -> Int { SessionDigest.bucket(ofIdentity: SessionDigest.identity(row)) }
}

/// A reference to a session of a table, or to a removal, for use while the table changes.
///
/// A handle may outlive its session, and then stand for a newer one. That does no harm to a transfer, because the peer
/// needs the newer session in any case.
package struct SessionHandle: Hashable, Sendable {
  let number: UInt32

  /// The bit of the handles of removals.
  ///
  /// Numbers of rows are smaller.
  private static let removalBit: UInt32 = 1 << 31

  init(number: UInt32) { self.number = number }

  /// The handle of the removal in a slot.
  init(removal slot: Int) { number = Self.removalBit | UInt32(slot) }

  /// The slot, if this is the handle of a removal.
  var removal: Int? { number & Self.removalBit == 0 ? nil : Int(number & ~Self.removalBit) }
}

/// A list of sessions to go through, possibly in steps and over a long time.
///
/// It takes 4 bytes per session.
package struct SessionOrder: RandomAccessCollection, Sendable {
  private let rows: ContiguousArray<UInt32>

  /// Makes the list of the rows in the order of their keys.
  ///
  /// - Parameter keys: the keys of the rows (`key(of:number:)`), ascending.
  init(keys: ContiguousArray<UInt64>) {
    rows = ContiguousArray(keys.lazy.map { UInt32(truncatingIfNeeded: $0) & 0x0FFF_FFFF })
  }

  /// Makes the list of the removals in some slots, and then the rows of another list.
  init(removals slots: [Int], before sessions: SessionOrder) {
    rows = ContiguousArray(slots.lazy.map { SessionHandle(removal: $0).number }) + sessions.rows
  }

  /// The position of the first handle, 0.
  package var startIndex: Int { rows.startIndex }
  /// The position after the last handle.
  package var endIndex: Int { rows.endIndex }
  /// The handle at a position.
  package subscript(position: Int) -> SessionHandle { SessionHandle(number: rows[position]) }

  /// The sort key of a row: protocol, timer (2 bits each), expiry tick (32), row (28), most significant first.
  static func key(of row: SessionRow, number: UInt32) -> UInt64 {
    UInt64(row.protoBits) << 62 | UInt64(row.timerBits) << 60 | UInt64(row.expires) << 28 | UInt64(number)
  }
}
