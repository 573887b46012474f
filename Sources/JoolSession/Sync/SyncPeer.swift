internal import JoolCore

/// A validated peer: one of its hellos mentioned this node, so it was made since this node started.
///
/// Most of the properties are plain facts about the peer, which have no rules of their own: names, times, and what its
/// newest hello states. The rules are in `stream` and `settings`.
struct SyncPeer: Sendable {
  /// The time without any datagram after which a peer is timed out.
  static let timeout = TimeAmount.seconds(5)
  /// A hello with a number not above the last one's is late, and is dropped.
  ///
  /// After this long without a newer one it is accepted, because the last number must have been forged.
  static let numberTimeout = TimeAmount.seconds(2)
  /// The maximum number of entries that are kept of a peer's hellos.
  static let maxEntries = 320
  /// The number of entries for which each hello has room, whatever the path's MTU.
  static let fewEntries = PathMTU(mtu: PathMTU.allowed.lowerBound).entries

  let incarnation: Incarnation
  /// The number that stands for the peer in `SessionTable.Session.origin`, 1 to 64.
  ///
  /// 0 stands for this node.
  let index: UInt8
  /// Whether the peer has another pool6.
  ///
  /// If so, no sessions are exchanged with it.
  let hasOtherPool6: Bool
  var stream: UpdateStream
  /// The newest hello that was received.
  private(set) var hello: SyncFrame.Hello
  /// The newest entry for each incarnation in the peer's hellos: what the peer has of it.
  private(set) var entries: [Incarnation: ReceivedEntry] = [:]
  /// What the peer has of itself: one more than its last update, as its newest hello states.
  private(set) var ownNext: UInt64
  private var number: UInt32
  private(set) var helloAt: Instant
  var settings = ReceivedSettings()
  /// The source address of the peer's last datagram.
  ///
  /// IPv4 addresses are mapped (RFC 4291 §2.5.5.2).
  private(set) var address: IPv6Address?
  private(set) var lastHeard: Instant
  let admitted: Instant

  /// An entry of a peer's hello, with its times.
  struct ReceivedEntry: Hashable, Sendable {
    var entry: SyncFrame.HelloEntry
    /// The time at which the hello was received.
    var at: Instant
    /// When the peer last heard the incarnation.
    ///
    /// The estimate is early rather than late, because hellos state the silence in whole seconds.
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

  func isAlive(at now: Instant) -> Bool { now - lastHeard < Self.timeout }

  var state: NodeState { hello.state }

  /// Notes a frame of the peer.
  mutating func received(from address: IPv6Address?, now: Instant) {
    lastHeard = max(lastHeard, now)
    self.address = address
  }

  /// Times the peer out, because this node slept.
  mutating func timeOut(now: Instant) { lastHeard = min(lastHeard, now - Self.timeout) }

  /// Takes a hello of the peer.
  ///
  /// - Returns: whether the hello is the peer's newest. A late one changes nothing.
  mutating func receive(_ hello: SyncFrame.Hello, header: SyncFrame.Header, now: Instant) -> Bool {
    guard header.number.isLater(than: number) || now - helloAt >= Self.numberTimeout else { return false }
    self.hello = hello
    number = header.number
    helloAt = now
    ownNext = header.sequence &+ 1
    note(hello.entries, now: now)
    return true
  }

  private mutating func note(_ new: [SyncFrame.HelloEntry], now: Instant) {
    // A hello with room for more entries is complete. Entries that it no longer has were forged, or the peer has
    // forgotten them, so they are dropped.
    if new.count < Self.fewEntries { entries.removeAll(keepingCapacity: true) }
    for entry in new {
      // One second more, because hellos state the silence in whole seconds.
      let lastHeard = now - .seconds(Int(entry.silence) + 1)
      entries[entry.incarnation] = ReceivedEntry(entry: entry, at: now, lastHeard: lastHeard)
    }
    guard entries.count > Self.maxEntries else { return }
    let surplus = entries.sorted { ($0.value.at, $0.key) < ($1.value.at, $1.key) }
    for (incarnation, _) in surplus.prefix(entries.count - Self.maxEntries) { entries[incarnation] = nil }
  }

  /// Whether a hello of the peer stated within `timeout` that the peer hears the incarnation.
  func hears(_ incarnation: Incarnation, at now: Instant) -> Bool {
    guard let received = entries[incarnation] else { return false }
    return received.entry.flags.contains(.heard) && now - received.at < Self.timeout
  }

  /// The peer's version vector, its own updates included.
  var vector: VersionVector {
    var vector = VersionVector()
    for (incarnation, received) in entries { vector[incarnation] = received.entry.progress }
    vector[incarnation] = Progress(next: ownNext)
    return vector
  }

  /// What the peer has of an incarnation.
  func progress(of other: Incarnation) -> Progress {
    other == incarnation ? Progress(next: ownNext) : entries[other]?.entry.progress ?? Progress()
  }

  /// The number of the question of `own` that the peer has promised.
  ///
  /// 0: none.
  func promise(to own: Incarnation) -> UInt8 { entries[own]?.entry.promise ?? 0 }
}
