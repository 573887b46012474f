/// How much there is of what an incarnation said.
struct Progress: Hashable, Sendable {
  /// 0: nothing, not even the table that the incarnation had before its first update. Else that table, and all updates before this
  /// one.
  var next: UInt64 = 0
  /// Update `next` + `beyond` - 1 is the highest that there is; 0 if all before it are there.
  var beyond: UInt32 = 0

  /// One more than the highest update that there is.
  var end: UInt64 { next &+ UInt64(beyond) }

  init(next: UInt64 = 0, beyond: UInt32 = 0) {
    self.next = next
    self.beyond = beyond
  }

  init(next: UInt64, end: UInt64) {
    self.init(next: next, beyond: end > next ? UInt32(clamping: end - next) : 0)
  }

  func covers(_ other: Progress) -> Bool { next >= other.next && end >= other.end }

  /// Both together.
  mutating func raise(to other: Progress) {
    self = Progress(next: max(next, other.next), end: max(end, other.end))
  }
}

/// How much there is of what each incarnation said.
struct VersionVector: Hashable, Sendable {
  private var entries: [Incarnation: Progress] = [:]

  /// Nothing if the incarnation is not there.
  subscript(incarnation: Incarnation) -> Progress {
    get { entries[incarnation] ?? Progress() }
    set { entries[incarnation] = newValue }
  }

  /// Ascending.
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
