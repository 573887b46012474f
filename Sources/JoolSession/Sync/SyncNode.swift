internal import JoolCore

/// An SS2 node without its sockets.
///
/// Its input is what the module announces and what peers send. Its output is datagrams, and sessions for the module. It
/// is deterministic, because the time and the seed of all random numbers are arguments. docs/session-sync-protocol.md
/// is the specification.
package struct SyncNode: Sendable {
  /// The origin of a session whose last record came from a C proxy.
  static let legacyOrigin: UInt8 = 255
  /// How long after its last announcement a module counts as translating.
  static let translationMemory = Duration.seconds(30)

  let identity: Incarnation
  /// The module's timeouts.
  var limits: SessionLimits
  /// The longest timeouts of the group.
  var groupLimits: SessionLimits
  var path = PathMTU.ethernet
  /// The sessions with the advertised expirations.
  ///
  /// The table is the same on every node.
  var table: SessionTable
  /// The peers, and what each of them has.
  var peers: PeerSet
  var readiness: Readiness
  /// How long this node has had no sign of a node with a table.
  var aloneTimer: AloneTimer
  /// Whether the node found that no peer has a table.
  ///
  /// Then its own module's table becomes the group's, once it is read.
  var isFirst = false
  var right = AddressRight()
  var pulls: Pulls
  /// How much of the table the module has.
  var module = Readiness.ModuleProgress.met {
    didSet { if module != oldValue { isStateCurrent = false } }
  }
  /// The position of the feed when the last pull ended; `nil` once the module has taken everything up to it.
  var pulled: FeedPosition?
  /// When the module last announced a session.
  var lastAnnouncement: Instant?
  /// Whether the module has announced a session within `translationMemory`.
  var isTranslating = false
  var settings = SettingsExchange()
  var resend = ResendQueue()
  /// The limit for what is sent on request.
  var budget = SendBudget()
  /// The check for copies of this node, and for pauses in which it did not run.
  var selfCheck = SelfCheck()
  var random: SeededGenerator
  var counters = SyncCounters()

  var clock: HybridClock
  /// The records to be sent with the next flush.
  var outgoing = OutgoingRecords()
  /// The queue of what the module is given.
  var feed: ModuleFeed
  /// The rows that the audit under way need not compare any more, because it has compared them, or because a record
  /// that came meanwhile is newer than what it reads; `nil` if there is no audit.
  var reconciledRows: RowSet?
  /// The pass that sends records again because the module's timeouts have become shorter; `nil` if there is none.
  var readvertisement: Readvertisement?
  /// The packets that have caused no record yet, because this node sent one of the same session a short time before.
  var deferredPackets = DeferredPackets()
  /// The records of C proxies that no node has sent yet.
  var pendingLegacySessions = PendingLegacySessions()
  /// The sessions that the module announced before the node had a table, when its versions may have been too low.
  var earlyAnnouncements = EarlyAnnouncements()
  var output = Output()
  var hellos: HelloSchedule
  let started: Instant
  /// Whether `updateState` has run since the last change of something that the state depends on.
  var isStateCurrent = false
  /// When `updateState` runs in any case.
  var nextStateUpdate: Instant

  /// What the caller must send.
  struct Output: Sendable {
    /// Frames for the group, in the order in which they are sent.
    var datagrams: [[UInt8]] = []
    /// Sessions for C proxies, with the advertised expirations.
    var announcements: [SessionEntry] = []
  }

  /// Makes a node that has received nothing yet.
  /// - `seed`: the seed of all random numbers, among them the delays that keep nodes from sending at the same time.
  /// - `isFirst`: whether to be ready at once, because there is no peer to get a table from.
  /// - `clock`: the time of day in milliseconds since 1970; the closer to the peers', the better.
  /// - `memory`: how long peers that are no longer heard are remembered.
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
    aloneTimer = AloneTimer(now: now)
    hellos = HelloSchedule(now: now)
    (started, nextStateUpdate) = (now, now)
  }

  var state: NodeState { readiness.state }

  /// Whether the node is `ready`: it has what its peers have, and so has its module.
  package var isReady: Bool { state == .ready }

  /// Flushes, and takes what must be sent.
  ///
  /// Each output is returned once.
  mutating func takeOutput(now: Instant) -> Output {
    flush(now: now)
    defer { output = Output() }
    return output
  }

  mutating func send(_ body: SyncFrame.Body, to target: Incarnation = .nobody) {
    let frame = SyncFrame(sender: identity, number: hellos.number, sequence: resend.last, target: target, body: body)
    output.datagrams.append(frame.encoded())
  }

  mutating func jitter(upTo milliseconds: Int) -> Duration {
    .milliseconds(Int.random(in: 0...milliseconds, using: &random))
  }

  // MARK: Time

  /// Does what is due at `now`.
  mutating func advance(to now: Instant) {
    selfCheck.endPause()
    table.expire(now: now)
    sendNaks(now: now)
    if !isStateCurrent || now >= nextStateUpdate { updateState(now: now) }
    continuePull(now: now)
    continueServing(now: now)
    continueReadvertising(now: now)
    sendDeferredPackets(now: now)
    sendLegacySessions(now: now)
    if hellos.isDue(now: now) { sendHello(now: now) }
    sendSettings(now: now)
  }
}
