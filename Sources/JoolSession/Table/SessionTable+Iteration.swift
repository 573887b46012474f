public import JoolCore

/// Visiting many sessions.
extension SessionTable {
  /// Every session, in no particular order.
  public func forEach(now: Instant, _ body: (Session) throws -> Void) rethrows {
    for number in 0..<rows.endIndex where !rows[number].isFree { try body(session(rows[number], now: now)) }
  }

  /// The sessions of at most `limit` rows from a row on, for whoever goes through the table bit by bit while it changes.
  /// - Returns: the row to go on from; `nil` at the end.
  func forEach(from row: UInt32, limit: UInt32, now: Instant, _ body: (Session) -> Void) -> UInt32? {
    let end = min(row + limit, rows.endIndex)
    guard row < end else { return nil }
    for number in row..<end where !rows[number].isFree { body(session(rows[number], now: now)) }
    return end < rows.endIndex ? end : nil
  }

  /// Every BIB entry, in no particular order.
  public func forEachBIBEntry(_ body: (BIBEntry) throws -> Void) rethrows {
    for number in 0..<rows.endIndex where !rows[number].isFree && rows[number].isLeader {
      try body(rows[number].bibEntry)
    }
  }

  /// Which sessions there are now, in the order in which the module adds them fastest: by protocol, timer and
  /// expiration, ascending.
  ///
  /// - Parameter isWanted: which buckets count; all if left out.
  public func kernelOrder(inBuckets isWanted: ((Int) -> Bool)? = nil) -> SessionOrder {
    var keys: ContiguousArray<UInt64> = []
    if isWanted == nil { keys.reserveCapacity(count) }
    for number in 0..<rows.endIndex where !rows[number].isFree && isWanted?(bucket(of: rows[number])) != false {
      keys.append(SessionOrder.key(of: rows[number], number: number))
    }
    keys.sort()
    return SessionOrder(keys: keys)
  }

  /// The session that a handle stands for, as it is now; `nil` if it is gone.
  public func session(at handle: SessionHandle, now: Instant) -> Session? {
    guard handle.number < rows.endIndex, !rows[handle.number].isFree else { return nil }
    return session(rows[handle.number], now: now)
  }

  private func bucket(of row: SessionRow) -> Int { SessionDigest.bucket(ofIdentity: SessionDigest.identity(row)) }
}

/// Stands for a session of a table while the table changes.
///
/// A handle outlives its session, and may then stand for a newer one. That does no harm to a transfer, which the newer
/// one has to reach anyhow.
public struct SessionHandle: Hashable, Sendable {
  let number: UInt32
}

/// A list of sessions to go through, perhaps over a long time and bit by bit. 4 bytes per session.
public struct SessionOrder: RandomAccessCollection, Sendable {
  private let rows: ContiguousArray<UInt32>

  /// - Parameter keys: ascending (`key(of:number:)`).
  init(keys: ContiguousArray<UInt64>) {
    rows = ContiguousArray(keys.lazy.map { UInt32(truncatingIfNeeded: $0) & 0x0FFF_FFFF })
  }

  public var startIndex: Int { rows.startIndex }
  public var endIndex: Int { rows.endIndex }
  public subscript(position: Int) -> SessionHandle { SessionHandle(number: rows[position]) }

  /// Protocol, timer (2 bits each), expiry tick (32), row (28), most significant first.
  static func key(of row: SessionRow, number: UInt32) -> UInt64 {
    UInt64(row.protoBits) << 62 | UInt64(row.timerBits) << 60 | UInt64(row.expires) << 28 | UInt64(number)
  }
}
