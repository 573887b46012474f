internal import JoolCore

/// A validated peer: one of its hellos mentioned this node, so it was made since this node started.
struct SyncPeer: Sendable {
  /// Silence for this long means that it is gone.
  static let patience = Duration.seconds(5)
  /// Hellos with lower numbers are late ones. But if nothing else comes for so long, the last number was made up.
  static let numberPatience = Duration.seconds(2)
  /// Entries kept of its hellos.
  static let maxEntries = 320
  /// Any hello has room for so many.
  static let fewEntries = PathSize(mtu: PathSize.allowed.lowerBound).entries

  let incarnation: Incarnation
  /// Its number in the table, 1 to 64; 0 is ourselves.
  let index: UInt8
  /// Whether it has another pool6: then it is no peer for sessions.
  let hasOtherPool6: Bool
  var stream: UpdateStream
  /// The last one.
  private(set) var hello: SyncFrame.Hello
  /// What it said that it has, the newest entry of each incarnation.
  private(set) var entries: [Incarnation: Told] = [:]
  /// Itself is `sequence` + 1 of its last hello.
  private(set) var ownNext: UInt64
  private var number: UInt32
  private(set) var helloAt: Instant
  var settings = HeardSettings()
  /// Where its last datagram came from; IPv4 addresses are mapped (RFC 4291 §2.5.5.2).
  var address: IPv6Address?
  var lastHeard: Instant
  let admitted: Instant

  /// An entry of a hello, and when that came.
  struct Told: Hashable, Sendable {
    var entry: SyncFrame.HelloEntry
    var at: Instant
    /// When the incarnation was heard last, at the latest: what is told in whole seconds is taken for older.
    var lastHeard: Instant
  }

  init(
    _ hello: SyncFrame.Hello, header: SyncFrame.Header, progress: Progress, index: UInt8, hasOtherPool6: Bool,
    address: IPv6Address?, now: Instant
  ) {
    incarnation = header.sender
    self.index = index
    self.hasOtherPool6 = hasOtherPool6
    self.address = address
    stream = UpdateStream(progress: progress, last: header.sequence)
    self.hello = hello
    number = header.number
    helloAt = now
    lastHeard = now
    admitted = now
    ownNext = header.sequence &+ 1
    note(hello.entries, now: now)
  }

  func isAlive(at now: Instant) -> Bool { now - lastHeard < Self.patience }

  var state: NodeState { hello.state }

  /// - Returns: whether it is the newest one.
  mutating func receive(_ hello: SyncFrame.Hello, header: SyncFrame.Header, now: Instant) -> Bool {
    guard header.number.isLater(than: number) || now - helloAt >= Self.numberPatience else { return false }
    self.hello = hello
    number = header.number
    helloAt = now
    ownNext = header.sequence &+ 1
    note(hello.entries, now: now)
    return true
  }

  private mutating func note(_ new: [SyncFrame.HelloEntry], now: Instant) {
    // A shorter hello has all that it has to tell. What it does not mention any more was made up, or is forgotten.
    if new.count < Self.fewEntries { entries.removeAll(keepingCapacity: true) }
    for entry in new {
      // The second, because silences are told in whole ones.
      let lastHeard = now - .seconds(Int(entry.silence) + 1)
      entries[entry.incarnation] = Told(entry: entry, at: now, lastHeard: lastHeard)
    }
    guard entries.count > Self.maxEntries else { return }
    let surplus = entries.sorted { ($0.value.at, $0.key) < ($1.value.at, $1.key) }
    for (incarnation, _) in surplus.prefix(entries.count - Self.maxEntries) { entries[incarnation] = nil }
  }

  /// Whether it said lately that it hears the incarnation.
  func hears(_ incarnation: Incarnation, at now: Instant) -> Bool {
    guard let told = entries[incarnation] else { return false }
    return told.entry.flags.contains(.heard) && now - told.at < Self.patience
  }

  /// What it has of others, and of itself.
  var vector: VersionVector {
    var vector = VersionVector()
    for (incarnation, told) in entries { vector[incarnation] = told.entry.progress }
    vector[incarnation] = Progress(next: ownNext)
    return vector
  }

  /// What it has of an incarnation.
  func progress(of other: Incarnation) -> Progress {
    other == incarnation ? Progress(next: ownNext) : entries[other]?.entry.progress ?? Progress()
  }

  /// The number of our question that it has promised; 0 is none.
  func promise(to own: Incarnation) -> UInt8 { entries[own]?.entry.promise ?? 0 }
}
