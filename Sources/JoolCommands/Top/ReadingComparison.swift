import JoolCore

/// Compares the sessions of a reading with those of the reading before.
///
/// The module has no counter of sessions that began or ended. Because it lists them in a fixed order, two readings are
/// compared side by side in one pass. A session that begins and ends between two readings is not seen. Takes 16 bytes
/// for each session of each of the two readings.
struct ReadingComparison: Sendable {
  /// The sessions of the reading before; `nil` if there is none to compare with.
  private let previous: [UInt128]?
  private var position = 0
  /// The sessions of this reading.
  private(set) var keys: [UInt128] = []
  /// The number of sessions that have ended, by the number of their protocol.
  private(set) var ended = [Int](repeating: 0, count: L4Protocol.allCases.count)
  /// Whether the rows arrived in the module's order, without which nothing is known about beginnings and ends.
  private(set) var isOrdered = true

  /// Begins a reading.
  /// - `previous`: The `keys` of the reading before, which had the same filter.
  init(previous: [UInt128]?) {
    self.previous = previous
    keys.reserveCapacity(previous?.count ?? 0)
  }

  /// Whether this reading can be compared with the one before.
  var isComparable: Bool { previous != nil && isOrdered }

  /// Takes the next session.
  /// - Returns: Whether the reading before lacked it; false if there was none.
  mutating func isNew(_ session: SessionEntry) -> Bool {
    let key = Self.key(of: session)
    if let last = keys.last, Self.place(of: key) <= Self.place(of: last) { isOrdered = false }
    keys.append(key)
    guard let previous else { return false }
    skip(previous, before: Self.place(of: key))
    guard position < previous.count, Self.place(of: previous[position]) == Self.place(of: key) else { return true }
    // The client of a mask can change between two readings.
    let isSame = previous[position] == key
    if !isSame { countEnd(of: previous[position]) }
    position += 1
    return !isSame
  }

  /// Counts the ends of all sessions that the reading before had after the last one of this reading.
  mutating func finish() {
    if let previous { skip(previous, before: .max) }
  }

  private mutating func skip(_ previous: [UInt128], before place: UInt128) {
    while position < previous.count, Self.place(of: previous[position]) < place {
      countEnd(of: previous[position])
      position += 1
    }
  }

  private mutating func countEnd(of key: UInt128) { ended[Int(truncatingIfNeeded: key >> 126)] += 1 }

  /// A session as a number: protocol, mask and server in the module's order, then 30 bits of a hash of the client.
  private static func key(of session: SessionEntry) -> UInt128 {
    let mask = UInt128(session.source4.address.bits) << 16 | UInt128(session.source4.port)
    let server = UInt128(session.destination4.address.bits) << 16 | UInt128(session.destination4.port)
    let client = session.source6.address.bits
    var hash = UInt64(truncatingIfNeeded: client >> 64) &* 0x9E37_79B9_7F4A_7C15
    hash = (hash ^ UInt64(truncatingIfNeeded: client) ^ UInt64(session.source6.port) << 48) &* 0xD6E8_FEB8_6659_FD93
    return UInt128(session.proto.rawValue) << 126 | mask << 78 | server << 30 | UInt128(hash >> 34)
  }

  /// A session without the hash.
  private static func place(of key: UInt128) -> UInt128 { key >> 30 }
}
