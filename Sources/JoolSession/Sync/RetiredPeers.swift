/// Incarnations that are not heard, or that only others have heard: how much there is of what they said.
struct RetiredPeers: Sendable {
  /// The oldest are forgotten early, on every node about the same.
  static let capacity = 256

  struct Entry: Hashable, Sendable {
    var progress = Progress()
    /// What is mentioned of it: what the incarnation itself has confirmed, or a table had that was fetched.
    var told = Progress()
    var lastHeard: Instant
  }

  let memory: PeerMemory
  private var entries: [Incarnation: Entry] = [:]

  init(memory: PeerMemory) { self.memory = memory }

  subscript(incarnation: Incarnation) -> Entry? { entries[incarnation] }

  var count: Int { entries.count }

  /// Ascending.
  var incarnations: [Incarnation] { entries.keys.sorted() }

  /// A peer is over. Starts that said nothing leave nothing.
  mutating func retire(_ incarnation: Incarnation, _ stream: UpdateStream, lastHeard: Instant) {
    guard stream.progress.next > 1 || stream.progress.beyond > 0 else { return }
    insert(incarnation, Entry(progress: stream.progress, told: stream.told, lastHeard: lastHeard))
  }

  /// A peer tells that it has heard the incarnation, or has something of it.
  /// - Parameters:
  ///   - lastHeard: when that peer heard it last, reckoned from the receipt of the hello.
  ///   - isHeard: whether it hears it still. If not, what is known already does not change.
  mutating func mention(
    _ incarnation: Incarnation, _ progress: Progress, lastHeard: Instant, isHeard: Bool, now: Instant
  ) {
    if let known = entries[incarnation] {
      if isHeard { entries[incarnation]?.lastHeard = max(known.lastHeard, lastHeard) }
      return
    }
    guard progress.next > 1 || progress.beyond > 0, now - lastHeard < memory.mention else { return }
    insert(incarnation, Entry(lastHeard: lastHeard))
  }

  /// A table was fetched that had this.
  mutating func cover(_ incarnation: Incarnation, _ progress: Progress) {
    entries[incarnation]?.progress.raise(to: progress)
    entries[incarnation]?.told.raise(to: progress)
  }

  /// The incarnation is heard again.
  /// - Returns: what there is of it; `nil` if it was silent for so long that this is a first contact.
  mutating func remove(_ incarnation: Incarnation, now: Instant) -> Progress? {
    guard let entry = entries.removeValue(forKey: incarnation), now - entry.lastHeard < memory.acquaintance else {
      return nil
    }
    return entry.progress
  }

  mutating func forget(now: Instant) {
    guard entries.contains(where: { now - $0.value.lastHeard >= memory.whole }) else { return }
    entries = entries.filter { now - $0.value.lastHeard < memory.whole }
  }

  /// Whether the incarnation may be mentioned, and missed.
  func isCurrent(_ incarnation: Incarnation, now: Instant) -> Bool {
    entries[incarnation].map { now - $0.lastHeard < memory.mention } ?? false
  }

  private mutating func insert(_ incarnation: Incarnation, _ entry: Entry) {
    entries[incarnation] = entry
    guard entries.count > Self.capacity,
      let oldest = entries.min(by: { ($0.value.lastHeard, $0.key) < ($1.value.lastHeard, $1.key) })
    else { return }
    entries[oldest.key] = nil
  }
}
