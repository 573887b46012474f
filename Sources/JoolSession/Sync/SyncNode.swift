internal import JoolCore
internal import OrderedCollections

/// A node of SS2 without its sockets: what the module and the peers say comes in, datagrams and sessions for the module
/// come out. Deterministic: time and chance are arguments. docs/session-sync-protocol.md is the specification.
package struct SyncNode: Sendable {
  static let helloInterval = Duration.seconds(1)
  /// After the last update a hello follows soon, so that the loss of that one is noticed; after a change that others wait for, too.
  static let helloPause = Duration.milliseconds(50)
  /// Peers beyond this many are not heard.
  static let maxPeers = PeerSet.capacity
  /// Who spoke last about a session if it was a C proxy.
  static let legacyOrigin: UInt8 = 255
  /// How long after its last announcement a module counts as one that translates.
  static let translationMemory = Duration.seconds(30)

  let identity: Incarnation
  /// The module's timeouts.
  var limits: SessionLimits
  /// The longest ones of the group.
  var groupLimits: SessionLimits
  var path = PathSize.ethernet
  /// Sessions with the expiry that was advertised: the same on every node.
  var table: SessionTable
  /// Who is there, and who has what.
  var peers: PeerSet
  var readiness: Readiness
  /// Since when nobody with a table was heard of.
  var solitude: Solitude
  /// Whether the node found that there is nobody to get a table of. Then its own module's is the group's, once it was read.
  var isFirst = false
  var right = AddressRight()
  var pulls: Pulls
  /// What the module has of the table.
  var module = Readiness.ModuleProgress.met {
    didSet { if module != oldValue { isSettled = false } }
  }
  /// What had entered the feed when the last pull ended; `nil` once the module has it.
  var pulled: FeedPosition?
  /// When the module last announced a session.
  var lastAnnouncement: Instant?
  /// Whether the module has announced a session within `translationMemory`.
  var isTranslating = false
  /// What peers are told of this node's settings; `nil`: nothing yet.
  var told: Told?
  /// How often peers have told settings that were news.
  var settingsHeard = 0
  var resend = ResendQueue()
  /// For what peers ask for.
  var budget = SendBudget()
  /// Whether it is the only one with its identity.
  var selfCheck = SelfCheck()
  var random: SeededGenerator
  var counters = SyncCounters()

  var clock: HybridClock
  /// News that leaves with the next flush.
  var pending: OrderedDictionary<SessionKey, SyncRecord> = [:]
  /// Refreshes that leave with it, too, or later if the network is slow.
  var refreshes: OrderedDictionary<SessionKey, SessionEntry> = [:]
  /// Whether what was sent waits: then only news is added to it.
  var isCongested = false
  /// What the module is told.
  var feed: ModuleFeed
  /// While the module's table is being read: the rows that need nothing more, because they were compared, or were said meanwhile,
  /// which is newer than what was read.
  var settled: RowSet?
  /// What is said again because the module's timeouts have become shorter.
  var restating: Restatement?
  /// What has not been said because it was said a short time ago.
  var owed = OwedWords()
  /// What C proxies said that no node has said yet.
  var legacyWords = LegacyWords()
  /// What the module announced before the node had a table, and so perhaps could not say with a version high enough.
  var overheard = OverheardSessions()
  var output = Output()
  /// How many hellos were sent.
  var hellos: UInt32 = 0
  var lastHello: Instant?
  var nextHello: Instant
  /// Whether something has changed that others should hear of soon.
  var isHelloDue = false
  let started: Instant
  /// Whether the state was looked at since something changed that it depends on.
  var isSettled = false
  /// When to look at it in any case.
  var nextSettling: Instant

  /// What is to be done outside.
  struct Output: Sendable {
    /// Frames for the group, in this order.
    var datagrams: [[UInt8]] = []
    /// What this node has to say about sessions, for peers that do not speak SS2; with the advertised expirations.
    var announcements: [SessionEntry] = []
  }

  /// - Parameters:
  ///   - seed: of all chance, for the delays that keep nodes from speaking all at once.
  ///   - isFirst: whether to be ready at once, because there is nobody to get a table of.
  ///   - clock: the time of day in milliseconds since 1970; the closer to the peers', the better.
  ///   - memory: for how long peers are remembered that are not heard any more.
  init(
    identity: Incarnation, table: SessionTable, limits: SessionLimits, seed: UInt64, isFirst: Bool, clock: UInt64,
    memory: PeerMemory = PeerMemory(), now: Instant
  ) {
    self.identity = identity
    self.table = table
    self.limits = limits
    groupLimits = limits
    feed = ModuleFeed(limits: limits)
    peers = PeerSet(own: identity, pool6: table.pool6, memory: memory)
    readiness = Readiness(state: isFirst ? .ready : .starting)
    pulls = Pulls(now: now)
    random = SeededGenerator(seed: seed)
    let tag = UInt16.random(in: 1..<UInt16(Version.tags), using: &random)
    self.clock = HybridClock(time: clock, tag: tag, now: now)
    solitude = Solitude(now: now)
    (started, nextHello, nextSettling) = (now, now, now)
  }

  var state: NodeState { readiness.state }

  /// Whether the node has what its peers have.
  package var isReady: Bool { state == .ready }

  /// What is to be done, once.
  mutating func takeOutput(now: Instant) -> Output {
    flush(now: now)
    defer { output = Output() }
    return output
  }

  mutating func send(_ body: SyncFrame.Body, to target: Incarnation = .nobody) {
    let frame = SyncFrame(sender: identity, number: hellos, sequence: resend.last, target: target, body: body)
    output.datagrams.append(frame.encoded())
  }

  mutating func jitter(upTo milliseconds: Int) -> Duration {
    .milliseconds(Int.random(in: 0...milliseconds, using: &random))
  }

  // MARK: Time

  /// When `advance(to:)` has something to do.
  var nextDeadline: Instant {
    guard isSettled else { return started }
    var earliest = min(nextHello, nextSettling)
    if let due = pulls.retry { earliest = min(earliest, due) }
    if let due = pulls.receiver?.deadline { earliest = min(earliest, due) }
    if let due = budget.nextRoom(to: pulls.sender.waiting.lazy.map(\.number)) { earliest = min(earliest, due) }
    if let due = feed.deadline { earliest = min(earliest, due) }
    if let restating { earliest = min(earliest, restating.next) }
    if let due = owed.deadline { earliest = min(earliest, due) }
    if let due = legacyWords.deadline { earliest = min(earliest, due) }
    if let told { earliest = min(earliest, told.next) }
    if let due = peers.nextQuestion { earliest = min(earliest, due) }
    return earliest
  }

  mutating func advance(to now: Instant) {
    selfCheck.goesOn()
    table.expire(now: now)
    askAgain(now: now)
    if !isSettled || now >= nextSettling { settle(now: now) }
    continuePull(now: now)
    continueServing(now: now)
    continueRestating(now: now)
    sayOwedWords(now: now)
    sayLegacyWords(now: now)
    if isHelloDue { helloSoon(now: now) }
    if now >= nextHello { sendHello(now: now) }
    sendSettings(now: now)
  }

  /// Others wait for what has changed.
  mutating func helloSoon(now: Instant) {
    isHelloDue = false
    nextHello = min(nextHello, max(now, lastHello.map { $0 + Self.helloPause } ?? now))
  }

  private mutating func sendHello(now: Instant) {
    flush(now: now)  // or the digest would have what peers cannot know
    peers.forget(now: now)
    tidyPulls(now: now)
    noteTranslation(now: now)
    hellos &+= 1
    lastHello = now
    nextHello = now + Self.helloInterval + jitter(upTo: 100)
    send(.hello(makeHello(now: now)))
  }

  /// The last hello: the process ends. So nobody relies on this node until it times out.
  mutating func leave(now: Instant) {
    flush(now: now)
    right.end()
    hellos &+= 1
    var hello = makeHello(now: now)
    (hello.state, hello.padding) = (.starting, 0)
    send(.hello(hello))
  }

  private mutating func makeHello(now: Instant) -> SyncFrame.Hello {
    let right = right
    var hello = SyncFrame.Hello(
      state: state, may: right.may, isTranslating: isTranslating, tag: clock.tag,
      request: right.asks == .nobody ? 0 : right.request, clock: clock.latest, sessions: UInt64(table.count),
      rootDigest: table.rootDigest, pool6: table.pool6, limits: limits, asks: right.asks,
      entries: peers.entries(room: path.entries, promise: right.promise(to:), now: now))
    // Peers that do not know this node answer at once if the answer is not much longer.
    if state == .starting { hello.pad(to: SyncFrame.Hello.startingSize) }
    return hello
  }
}
