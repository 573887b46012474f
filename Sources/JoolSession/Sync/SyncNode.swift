internal import JoolCore

/// An SS2 node without its sockets.
///
/// Its input is what the module announces and what peers send. Its output is datagrams, and sessions for the module. It
/// is deterministic, because the time and the seed of all random numbers are arguments. docs/session-sync-protocol.md
/// is the specification.
///
/// Each part below keeps a state of its own. The extensions of this type pass data from one part to another.
package struct SyncNode: Sendable {
  /// The origin of a session whose last record came from a C proxy.
  static let legacyOrigin: UInt8 = 255

  /// The sessions with the advertised expirations.
  ///
  /// The table is the same on every node.
  var table: SessionTable
  /// The peers, and what each of them has.
  var peers: PeerSet
  /// The state, and when it is derived anew.
  var readiness: Readiness
  /// The right to the addresses.
  var right = AddressRight()
  /// The pull under way, and the transfers to peers.
  var pulls: Pulls
  /// What the node knows of its module.
  var module: ModuleState
  /// The check for copies of this node, and for pauses in which it did not run.
  var selfCheck = SelfCheck()
  var random: SeededGenerator
  var counters = SyncCounters()
  /// The records that this node makes.
  var records: LocalRecords
  /// The queue of what the module is given.
  var feed: ModuleFeed
  /// What the node sends to the network.
  var transmitter: Transmitter
  /// What the table gains, for clients that follow it; `nil` if there are none.
  var announcements: SessionAnnouncements?
  /// Whether the node can translate.
  ///
  /// A mirror has no module, so it never has the right to the addresses.
  let hasModule: Bool
  /// Whether the administrator has stated addresses of peers.
  var hasPeersByAddress = false

  /// Makes a node that has received nothing yet.
  /// - `seed`: the seed of all random numbers, among them the delays that keep nodes from sending at the same time.
  /// - `isFirst`: whether to be ready at once, because there is no peer to get a table from.
  /// - `clock`: the time of day in milliseconds since 1970; the closer to the peers', the better.
  /// - `memory`: how long peers that are no longer heard are remembered.
  /// - `hasModule`: whether the node can translate; false for a mirror.
  init(
    identity: Incarnation, table: SessionTable, limits: SessionLimits, seed: UInt64, isFirst: Bool, clock: UInt64,
    memory: PeerMemory = PeerMemory(), hasModule: Bool = true, now: Instant
  ) {
    self.hasModule = hasModule
    self.table = table
    feed = ModuleFeed(limits: limits)
    peers = PeerSet(own: identity, pool6: table.pool6, memory: memory)
    readiness = Readiness(state: isFirst ? .ready : .starting, now: now)
    pulls = Pulls(now: now)
    random = SeededGenerator(seed: seed)
    let tag = UInt16.random(in: 1..<UInt16(Version.tags), using: &random)
    records = LocalRecords(clock: HybridClock(time: clock, tag: tag, now: now))
    module = ModuleState(now: now)
    transmitter = Transmitter(sender: identity, now: now)
  }

  var identity: Incarnation { peers.own }

  var state: NodeState { readiness.state }

  /// The module's timeouts.
  var limits: SessionLimits { feed.terms.own }

  /// Whether the node found that no peer has a table (`Bootstrap`).
  var isFirst: Bool { readiness.bootstrap.isFirst }

  /// Whether an audit is under way.
  var isAuditing: Bool { module.audit.isUnderWay }

  /// Whether the node is `ready`: it has what its peers have, and so has its module.
  package var isReady: Bool { state == .ready }

  /// Flushes, and takes what must be sent.
  ///
  /// Each output is returned once.
  /// - `isCongested`: whether datagrams wait to be sent. Refreshes then wait, too.
  mutating func takeOutput(isCongested: Bool = false, now: Instant) -> Transmitter.Output {
    records.outgoing.note(isCongested: isCongested)
    flush(now: now)
    return transmitter.takeOutput()
  }

  mutating func jitter(upTo milliseconds: Int) -> TimeAmount {
    .milliseconds(Int.random(in: 0...milliseconds, using: &random))
  }

  // MARK: Time

  /// Does what is due at `now`.
  mutating func advance(to now: Instant) {
    selfCheck.endPause()
    table.expire(now: now)
    sendNaks(now: now)
    if readiness.timer.isDue(now: now) { updateState(now: now) }
    continuePull(now: now)
    continueServing(now: now)
    continueReadvertising(now: now)
    sendDeferredPackets(now: now)
    sendLegacySessions(now: now)
    if transmitter.hellos.isDue(now: now) { sendHello(now: now) }
    if transmitter.settings.isDue(now: now) { transmitter.sendSettings(jitter: jitter(upTo: 500), now: now) }
  }
}
