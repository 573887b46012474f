/// How much a node has of an incarnation's updates.
struct Progress: Hashable, Sendable {
  /// All updates before this one are there, and so is the table that the incarnation had before its first update.
  ///
  /// 0: nothing is there, not even that table.
  var next: UInt64 = 0
  /// The highest update that is there is `next` + `beyond` - 1.
  ///
  /// 0: no update from `next` on is there.
  var beyond: UInt32 = 0

  /// One more than the highest update that is there.
  var end: UInt64 { next &+ UInt64(beyond) }

  init(next: UInt64 = 0, beyond: UInt32 = 0) {
    self.next = next
    self.beyond = beyond
  }

  init(next: UInt64, end: UInt64) {
    self.init(next: next, beyond: end > next ? UInt32(clamping: end - next) : 0)
  }

  func covers(_ other: Progress) -> Bool { next >= other.next && end >= other.end }

  /// Raises both numbers to those of `other` if they are higher there.
  mutating func raise(to other: Progress) {
    self = Progress(next: max(next, other.next), end: max(end, other.end))
  }
}

/// How much a node has of each incarnation's updates.
struct VersionVector: Hashable, Sendable {
  private var entries: [Incarnation: Progress] = [:]

  /// The progress of an incarnation.
  ///
  /// It is `Progress()` if the incarnation has no entry.
  subscript(incarnation: Incarnation) -> Progress {
    get { entries[incarnation] ?? Progress() }
    set { entries[incarnation] = newValue }
  }

  /// The incarnations that have an entry, ascending.
  var incarnations: [Incarnation] { entries.keys.sorted() }

  func covers(_ other: VersionVector) -> Bool { other.entries.allSatisfy { self[$0].covers($1) } }

  mutating func raise(_ incarnation: Incarnation, to progress: Progress) {
    entries[incarnation, default: Progress()].raise(to: progress)
  }

  mutating func formUnion(_ other: VersionVector) {
    for (incarnation, progress) in other.entries { raise(incarnation, to: progress) }
  }

  mutating func remove(_ incarnation: Incarnation) { entries[incarnation] = nil }
}
