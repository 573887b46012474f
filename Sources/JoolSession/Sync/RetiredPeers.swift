/// The incarnations that are no longer peers of this node, or that only its peers mention, and how much this node has
/// of their updates.
struct RetiredPeers: Sendable {
  /// The maximum number of entries.
  ///
  /// Beyond it, the incarnation that has been silent for longest is forgotten early. That is nearly the same one on
  /// every node.
  static let capacity = 256

  /// What this node knows about a retired incarnation.
  struct Entry: Hashable, Sendable {
    /// How much this node has of the incarnation's updates.
    var progress = Progress()
    /// The part of `progress` that this node advertises: what the incarnation's own hellos have confirmed, or what a
    /// fetched table covered.
    var advertised = Progress()
    /// When this node, or a peer that mentions the incarnation, last heard it.
    var lastHeard: Instant
  }

  let memory: PeerMemory
  private var entries: [Incarnation: Entry] = [:]

  init(memory: PeerMemory) { self.memory = memory }

  subscript(incarnation: Incarnation) -> Entry? { entries[incarnation] }

  var count: Int { entries.count }

  /// The retired incarnations, ascending.
  var incarnations: [Incarnation] { entries.keys.sorted() }

  /// Adds a former peer.
  ///
  /// An incarnation of which this node has no update is not kept.
  mutating func retire(_ incarnation: Incarnation, _ stream: UpdateStream, lastHeard: Instant) {
    guard stream.progress.next > 1 || stream.progress.beyond > 0 else { return }
    insert(incarnation, Entry(progress: stream.progress, advertised: stream.advertised, lastHeard: lastHeard))
  }

  /// Notes a peer's hello entry for an incarnation that is not a peer of this node.
  /// - `lastHeard`: when that peer last heard the incarnation, calculated from the time at which the hello was
  ///   received.
  /// - `isHeard`: whether that peer still hears the incarnation. If not, an existing entry does not change.
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

  /// Raises an entry to `progress`, because a table was fetched that covers it.
  mutating func cover(_ incarnation: Incarnation, _ progress: Progress) {
    entries[incarnation]?.progress.raise(to: progress)
    entries[incarnation]?.advertised.raise(to: progress)
  }

  /// Removes the entry of an incarnation that is heard again.
  /// - Returns: how much this node has of its updates; `nil` if there is no entry, or if the incarnation was silent for
  ///   so long that its return is a first contact.
  mutating func remove(_ incarnation: Incarnation, now: Instant) -> Progress? {
    guard let entry = entries.removeValue(forKey: incarnation), now - entry.lastHeard < memory.acquaintance else {
      return nil
    }
    return entry.progress
  }

  /// Forgets the incarnations that have been silent for `PeerMemory.whole`.
  mutating func forget(now: Instant) {
    guard entries.contains(where: { now - $0.value.lastHeard >= memory.whole }) else { return }
    entries = entries.filter { now - $0.value.lastHeard < memory.whole }
  }

  /// Whether the incarnation is still mentioned in hellos, and its missing updates still count.
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
