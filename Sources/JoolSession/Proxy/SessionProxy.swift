public import JoolCore

/// The session proxy without its sockets.
///
/// Its input is bytes and time, its output is bytes and requests to the module. It is deterministic.
///
///     module ──multicast──▶ received(moduleMessage:), learn(records:) ──▶ SyncNode ──▶ takeDatagrams() ──▶ network
///     network ──datagram──▶ received(datagram:) ──▶ SyncNode ──▶ ModuleFeed ──▶ nextStoreRequest() ──▶ module
///
/// The node (`SyncNode`) knows which records the peers have, and sends them only what they lack. Everything that
/// reaches the module was decoded, checked and encoded anew.
///
/// The contract with the caller, which owns the sockets and the time. In each turn it calls, in this order:
///
/// 1. `turn(now:sealStart:)`, before anything is read, so that a process that slept knows it. If `mustStartAnew` is true
///    then, `startAnew(seed:sealStart:clock:now:)`.
/// 2. `received(moduleMessage:)` and `learn(records:now:)` for each message of the module, and
///    `received(datagram:length:from:waited:now:)` for each datagram, with the time for which it has waited.
/// 3. `advance(to:)`, which does what is due.
/// 4. `takeDatagrams(now:sending:)`, and sends the result.
/// 5. `nextStoreRequest(now:)`, carries the request out, and passes the outcome to `finished(_:_:now:)`; until there is
///    no request, the turn's budget is spent, or the request `endsTurn`.
/// 6. `updateReadiness(now:)`.
///
/// The next turn begins when input comes, or at `nextDeadline`. `attached(_:clock:now:)` and `detached(now:)` may be
/// called between any two steps. The time must not go backwards. A late call is correct, but its effects are late, too.
/// No call blocks.
public struct SessionProxy: Sendable {
  /// The name of the instance whose sessions are synchronized.
  public let instance: InstanceName
  /// The format in which sessions are exchanged with the group.
  ///
  /// With keys it is always `ss2`.
  public let format: PeerProtocol
  /// The counters of this proxy since its start.
  public package(set) var counters = ProxyCounters()
  /// The node; `nil` until the module was seen.
  package var node: SyncNode?
  /// The module, as the proxy knows it.
  var module = ModuleAttachment()
  /// The comparisons of the module's table with the node's.
  var audits = AuditSchedule()
  var peerFormats = PeerFormats()
  /// What a mirror has in place of a module; `nil` for a proxy with a module.
  var mirror: MirrorState?
  /// Whether lists are made of the table.
  var servesLists = false
  /// The problems of the store that an administrator should fix, as sentences.
  public var storeFindings: [String] = []
  /// What an administrator should know of the group.
  var health = GroupHealth()
  /// The size of datagrams that the path to the peers permits.
  package var path = PathMTU.ethernet {
    didSet { node?.transmitter.path = path }
  }
  /// Whether the administrator has stated addresses of peers.
  ///
  /// A node that starts waits longer for these.
  package var hasPeersByAddress = false
  /// The seal of the group's frames.
  ///
  /// `nil` if the group has no keys and trusts its network.
  var seal: FrameSeal?
  var random: SeededGenerator
  /// The times for which the next node remembers peers that have timed out.
  package var memory = PeerMemory()

  /// The properties of the module that the proxy needs.
  public struct Kernel: Hashable, Sendable {
    /// The layout of the module's session records.
    public var format: RecordLayout
    /// The prefix of the instance, which must be the same on all nodes.
    public var pool6: IPv6Prefix
    /// The timeouts of the instance.
    public var limits: SessionLimits
    /// Whether `ss-enabled` is on.
    ///
    /// If it is off, the module refuses sessions, and sends none.
    public var isEnabled: Bool

    /// Creates the description of a module.
    public init(format: RecordLayout, pool6: IPv6Prefix, limits: SessionLimits, isEnabled: Bool) {
      self.format = format
      self.pool6 = pool6
      self.limits = limits
      self.isEnabled = isEnabled
    }
  }

  /// The reaction to a multicast message of the module.
  public enum ModuleMessageAction: Equatable, Sendable {
    /// Acknowledge first, because the module then prepares its next message at the same time. Then pass the records,
    /// which are this range of the given bytes, to `learn(records:now:)`.
    case acknowledge(thenLearn: Range<Int>)
    /// Acknowledge and drop the message. The module waits for an acknowledgement even if the message is unusable.
    case acknowledgeUnusable(WireFormatError)
    /// Do nothing: the message is another instance's, and the proxy of that instance acknowledges it.
    case ignore
    /// Drop the message, which is not Jool's protocol.
    case drop(WireFormatError)
  }

  /// Creates a proxy for an instance that was not seen yet.
  /// - Parameters:
  ///   - instance: the name of the instance whose sessions are synchronized.
  ///   - format: the format in which sessions are exchanged with the group. With keys it is always `ss2`.
  ///   - seed: the seed of the random generator. It must differ from the peers' seeds, and from the last one of this
  ///     proxy.
  ///   - keys: the keys with which the group's frames are sealed. If there are any, nothing else is sent or accepted.
  ///   - sealStart: the start of the seal; random, never used before.
  ///   - mirror: the settings of a mirror, which has no module; `nil` for a proxy with a module.
  public init(
    instance: InstanceName, format: PeerProtocol = .auto, seed: UInt64, keys: KeyRing? = nil,
    sealStart: UInt64 = .random(in: .min ... .max), mirror: MirrorSettings? = nil
  ) {
    self.instance = instance
    self.mirror = mirror.map { MirrorState($0) }
    self.format = keys == nil ? format : .ss2
    seal = keys.map { FrameSeal(keys: $0, start: sealStart) }
    random = SeededGenerator(seed: seed)
  }

  /// Replaces the keys, because the administrator has changed them.
  ///
  /// It has no effect if the proxy was created without keys.
  public mutating func use(_ keys: KeyRing) { seal?.keys = keys }

  // MARK: The module

  mutating func makeNode(_ kernel: Kernel, clock: UInt64, now: Instant) -> SyncNode? {
    guard var table = SessionTable(pool6: kernel.pool6, now: now) else { return nil }
    if servesLists { table.keepMasksInOrder() }
    // Where the lower incarnation decides, a node with a module should come first.
    let identity = Incarnation(.random(in: (isMirror ? 0xFF << 56 : 1)...UInt64.max, using: &random))
    requestAudit(.start)
    audits.isRefillDue = false
    // In the C proxies' format there is no peer from which the node could get a table.
    var node = SyncNode(
      identity: identity, table: table, limits: kernel.limits, seed: random.next(), isFirst: format == .legacy,
      clock: clock, memory: memory, hasModule: !isMirror, now: now)
    node.hasPeersByAddress = hasPeersByAddress
    node.transmitter.path = path
    node.transmitter.budget.pace = tablePace(now: now)
    node.transmitter.hasLegacyPeers = format != .ss2
    node.transmitter.budget.repeatPace = format == .auto ? .moderate : .brisk
    node.selfCheck = self.node?.selfCheck ?? SelfCheck(isSealed: seal != nil)
    return node
  }

  /// The pace at which tables and repairs are sent.
  ///
  /// It is lower in `auto`, because there may be C proxies, and one of them may be a silent standby.
  func tablePace(now: Instant) -> SendPace {
    guard format == .auto else { return .brisk }
    return peerFormats.legacyCount(now: now) == 0 ? .moderate : .gentle
  }

  /// Decodes a datagram of the module's multicast group: one netlink message, netlink header included.
  /// - Returns: the reaction to it.
  public mutating func received(moduleMessage datagram: RawSpan, now: Instant) -> ModuleMessageAction {
    do throws(WireFormatError) {
      var reader = NetlinkMessageReader(datagram)
      guard let message = try reader.next() else { throw .truncated(field: "nlmsghdr", need: 16, have: 0) }
      let multicast = try SyncMulticast(decoding: message.payload)
      guard multicast.header.instance == instance, multicast.header.translator == .nat64 else { return .ignore }
      counters.kernelReceivedPackets += 1
      counters.kernelReceivedBytes += UInt64(multicast.sessions.byteCount)
      guard let range = datagram.byteOffsets(of: multicast.sessions), !range.isEmpty else {
        return .acknowledgeUnusable(.missing(field: "session records"))
      }
      module.flushTimer.noteMessage(now)
      return .acknowledge(thenLearn: range)
    } catch {
      return .drop(error)
    }
  }

  /// Processes the session records of a multicast message of the module.
  /// - Throws: the reason why the records could not be decoded, before any was processed. Or the reason why the first
  ///   impossible record was refused, after all others were processed.
  public mutating func learn(records: RawSpan, now: Instant) throws(WireFormatError) {
    guard let pool6 = module.kernel?.pool6 else { return }
    let datagram = try SyncDatagram(decoding: records, pool6: pool6)
    module.announcements += UInt64(datagram.sessions.count + datagram.refused.count)
    if !datagram.sessions.isEmpty {
      module.lastAnnouncement = now
      node?.noteAnnouncement(now: now)
    }
    for session in datagram.sessions { node?.learn(session, now: now) }
    if let refused = datagram.refused.first { throw refused }
  }

  /// Notes that multicast messages were lost, and requests an audit.
  ///
  /// The caller should acknowledge, because the module may be waiting for the acknowledgement of a lost message.
  public mutating func overran() {
    counters.overruns += 1
    requestAudit(.repair)
  }

  /// The properties of the module; `nil` until it was seen once.
  package var kernel: Kernel? { module.kernel }

  /// The time at which the proxy has something to do; it may be in the past.
  ///
  /// `nil` until the module was seen.
  public var nextDeadline: Instant? {
    var earliest = node.borrowed { $0.nextDeadline }
    func consider(_ deadline: Instant?) {
      if let deadline { earliest = min(earliest ?? deadline, deadline) }
    }
    consider(module.flushTimer.due)
    consider(module.pool4?.begin)
    consider(audits.deadline)
    consider(mirror.borrowed { $0.advertisement?.deadline } ?? nil)
    return earliest
  }
}
