/// Insertion and removal of rows, with everything that refers to them: indexes, rings of BIB entries, digests, the
/// wheel.
extension SessionTable {
  /// Inserts a row.
  ///
  /// Expects that no row has this identity, and that there is room for it.
  ///
  /// Returns the row's number.
  /// - `leader`: the leader of the row's BIB entry. `nil` if the session makes a new entry.
  mutating func insert(_ row: SessionRow, _ sessionHash: UInt64, _ bib6Hash: UInt64, leader: UInt32?) -> UInt32 {
    let number = rows.insert(row)
    while !sessions.insert(number, sessionHash) { growSessions(for: sessionHash) }
    if let leader {
      let next = rows[leader].siblingNext
      rows[number].siblingNext = next
      rows[number].siblingPrevious = leader
      rows[leader].siblingNext = number
      rows[next].siblingPrevious = number
    } else {
      rows[number].siblingNext = number
      rows[number].siblingPrevious = number
      rows[number].isLeader = true
      while !bib6.insert(number, bib6Hash) { growBIB6(for: bib6Hash) }
      let bib4Hash = hash.bib4(row)
      while !bib4.insert(number, bib4Hash) { growBIB4(for: bib4Hash) }
      masks?.insert(row.proto, row.source4Address)
    }
    wheel.schedule(number, in: &rows)
    toggleDigest(of: row)
    return number
  }

  /// Removes a row.
  ///
  /// Expects that it is in the wheel.
  mutating func remove(_ number: UInt32) {
    wheel.unschedule(number, in: &rows)
    removeUnscheduled(number)
  }

  /// Removes a row.
  ///
  /// Expects that it is not in the wheel any more.
  mutating func removeUnscheduled(_ number: UInt32) {
    let row = rows[number]
    let bib6Hash = hash.bib6(row)
    sessions.remove(number, hash.session(row, bib6: bib6Hash))
    if row.siblingNext == number {
      bib6.remove(number, bib6Hash)
      bib4.remove(number, hash.bib4(row))
      masks?.remove(row.proto, row.source4Address)
    } else {
      if row.isLeader {
        bib6.replace(number, by: row.siblingNext, bib6Hash)
        bib4.replace(number, by: row.siblingNext, hash.bib4(row))
        rows[row.siblingNext].isLeader = true
      }
      rows[row.siblingPrevious].siblingNext = row.siblingNext
      rows[row.siblingNext].siblingPrevious = row.siblingPrevious
    }
    toggleDigest(of: row)
    rows.remove(number)
  }

  /// Makes room for `count` sessions at once, instead of step by step.
  public mutating func reserveCapacity(_ count: Int) {
    let (rows, hash) = (rows, hash)
    sessions.reserve(count: count) { hash.session(rows[$0]) }
    bib6.reserve(count: count) { hash.bib6(rows[$0]) }
    bib4.reserve(count: count) { hash.bib4(rows[$0]) }
  }

  // These are functions of their own so that their copy of `rows` is gone before a row changes. That change would
  // otherwise copy the rows.

  @inline(never)
  private mutating func growSessions(for sessionHash: UInt64) {
    let (rows, hash) = (rows, hash)
    sessions.grow(for: sessionHash) { hash.session(rows[$0]) }
  }

  @inline(never)
  private mutating func growBIB6(for bib6Hash: UInt64) {
    let (rows, hash) = (rows, hash)
    bib6.grow(for: bib6Hash) { hash.bib6(rows[$0]) }
  }

  @inline(never)
  private mutating func growBIB4(for bib4Hash: UInt64) {
    let (rows, hash) = (rows, hash)
    bib4.grow(for: bib4Hash) { hash.bib4(rows[$0]) }
  }
}
