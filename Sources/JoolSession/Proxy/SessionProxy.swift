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
/// 4. `takeDatagrams(now:)`, and sends the result.
/// 5. `nextStoreRequest(now:)` and `finished(_:_:now:)`, until there is no request or the turn's budget is spent. Then
///    `takeAudit()`: if it returns a reason, the module's whole table must be read and passed to
///    `reconcile(_:because:now:)`, and `finishAudit(isComplete:now:)` ends that.
/// 6. `updateReadiness(isAuditing:now:)`.
///
/// The next turn begins when input comes, or at `nextDeadline`. `attached(_:clock:now:)` and `detached()` may be called
/// between any two steps. The time must not go backwards. A late call is correct, but its effects are late, too. No
/// call blocks.
public struct SessionProxy: Sendable {
  /// The name of the instance whose sessions are synchronized.
  public let instance: InstanceName
  /// The format in which sessions are exchanged with the group.
  ///
  /// With keys it is always `ss2`.
  public let format: PeerProtocol
  /// The counters of this proxy since its start.
  public package(set) var counters = ProxyCounters()
  /// The properties of the module; `nil` until it was seen once.
  ///
  /// They are kept while the module is away, because datagrams are decoded by them.
  package private(set) var kernel: Kernel?
  private(set) var isAttached = false
  /// The node; `nil` until the module was seen.
  package var node: SyncNode?
  var peerFormats = PeerFormats()
  /// The findings of `compareSettings(now:)`.
  var compatibilityFindings: [String] = []
  /// The failures to send, link by link.
  package var sending = SendHealth()
  /// The proxies that use another version of SS2.
  var otherVersions = OtherVersions()
  /// The time at which this proxy last detected a copy of itself.
  var copiedAt: Instant?
  /// The time at which the module was first seen.
  private(set) var startedAt: Instant?
  /// The size of datagrams that the path to the peers permits.
  package var path = PathMTU.ethernet {
    didSet { node?.transmitter.path = path }
  }
  /// The seal of the group's frames.
  ///
  /// `nil` if the group has no keys and trusts its network.
  var seal: FrameSeal?
  var random: SeededGenerator
  /// The times for which the next node remembers peers that have timed out.
  package var memory = PeerMemory()
  /// The reason of the audit that is requested; `nil` if none is.
  package var audit: Audit?
  /// The number of requests with sessions that the module has taken without an error.
  package var addsTaken: UInt64 = 0
  /// Whether the audit that is under way gives the module what it lacks.
  ///
  /// Sessions that the module may lack because of something that happened after the beginning of the audit are left to
  /// the next one.
  var isRefillDue = false
  /// The time at which the module's table was last read completely.
  var auditedAt: Instant?
  /// The number of sessions that the module has announced.
  package private(set) var announcementsReceived: UInt64 = 0
  /// The number of sessions that audits before the present one found although the module had not announced them.
  var unannouncedBefore: UInt64 = 0
  /// The time at which the module last announced a session.
  private(set) var lastAnnouncement: Instant?
  /// The time since which the module has been translating, as the node advertises it.
  ///
  /// `nil` if it is not translating.
  var translatingSince: Instant?
  /// The measure of whether the module has what the table has.
  var mark = ModuleMark()

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

  /// The reason for reading the module's table.
  ///
  /// Each reason includes those before it.
  public enum Audit: Int, Comparable, Sendable {
    /// The program starts. C proxies are sent nothing, because a standby's sessions may be outdated and C proxies would
    /// accept them.
    case start
    /// The module seems to have dropped announcements. This is not certain, so the node stays ready.
    case precaution
    /// Announcements were lost, or the module is new.
    case repair
    /// A user has requested that the whole table be sent.
    case advertisement

    /// Whether `right` includes `left` and is another reason.
    public static func < (left: Audit, right: Audit) -> Bool { left.rawValue < right.rawValue }
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
  public init(
    instance: InstanceName, format: PeerProtocol = .auto, seed: UInt64, keys: KeyRing? = nil,
    sealStart: UInt64 = .random(in: .min ... .max)
  ) {
    self.instance = instance
    self.format = keys == nil ? format : .ss2
    seal = keys.map { FrameSeal(keys: $0, start: sealStart) }
    random = SeededGenerator(seed: seed)
  }

  /// Replaces the keys, because the administrator has changed them.
  ///
  /// It has no effect if the proxy was created without keys.
  public mutating func use(_ keys: KeyRing) { seal?.keys = keys }

  // MARK: The module

  /// Notes that the module is there, with these properties.
  ///
  /// Call this after each inspection of the module.
  /// - Parameters:
  ///   - kernel: the properties of the module.
  ///   - clock: the time of day in milliseconds since 1970.
  ///   - now: the present time.
  public mutating func attached(_ kernel: Kernel, clock: UInt64 = 0, now: Instant) {
    startedAt = startedAt ?? now
    let wasUsable = canAdd
    // The module stores the time of a session's last packet, not the expiration. When a timeout changes, the sessions
    // that it was given expire at other times, so they must be given to it again.
    let haveLimitsChanged = isAttached && self.kernel.map { $0.limits != kernel.limits } ?? false
    isAttached = true
    self.kernel = kernel
    node?.use(kernel.limits, now: now)
    if !kernel.isEnabled { closeFeed() }
    if node?.table.pool6 != kernel.pool6 {
      node = makeNode(kernel, clock: clock, now: now)
    } else if !wasUsable || haveLimitsChanged, kernel.isEnabled {
      requestRefill()
    }
  }

  mutating func makeNode(_ kernel: Kernel, clock: UInt64, now: Instant) -> SyncNode? {
    guard let table = SessionTable(pool6: kernel.pool6, now: now) else { return nil }
    let identity = Incarnation(.random(in: 1...UInt64.max, using: &random))
    requestAudit(.start)
    isRefillDue = false
    // In the C proxies' format there is no peer from which the node could get a table.
    var node = SyncNode(
      identity: identity, table: table, limits: kernel.limits, seed: random.next(), isFirst: format == .legacy,
      clock: clock, memory: memory, now: now)
    node.transmitter.path = path
    node.transmitter.budget.pace = tablePace(now: now)
    node.transmitter.budget.repeatPace = format == .auto ? .moderate : .brisk
    node.selfCheck = self.node?.selfCheck ?? SelfCheck(isSealed: seal != nil)
    return node
  }

  /// The pace at which tables and repairs are sent.
  ///
  /// It is lower in `auto`, because there may be C proxies, and one of them may be a silent standby.
  func tablePace(now: Instant) -> SendPace {
    guard format == .auto else { return .brisk }
    return peerFormats.legacyCount(now: now) == 0 ? .cautious : .gentle
  }

  /// Notes that the module is gone.
  ///
  /// Peers' sessions are stored in the table meanwhile.
  public mutating func detached() {
    isAttached = false
    closeFeed()
  }

  /// Requests an audit, because the module was replaced by a new one or has lost sessions.
  public mutating func requestRefill() {
    node?.feed.requestRefill()
    requestAudit(.repair)
  }

  /// Decodes a datagram of the module's multicast group: one netlink message, netlink header included.
  /// - Returns: the reaction to it.
  public mutating func received(moduleMessage datagram: RawSpan) -> ModuleMessageAction {
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
      return .acknowledge(thenLearn: range)
    } catch {
      return .drop(error)
    }
  }

  /// Processes the session records of a multicast message of the module.
  /// - Throws: the reason why the records could not be decoded, before any was processed. Or the reason why the first
  ///   impossible record was refused, after all others were processed.
  public mutating func learn(records: RawSpan, now: Instant) throws(WireFormatError) {
    guard let pool6 = kernel?.pool6 else { return }
    let datagram = try SyncDatagram(decoding: records, pool6: pool6)
    announcementsReceived += UInt64(datagram.sessions.count + datagram.refused.count)
    if !datagram.sessions.isEmpty {
      lastAnnouncement = now
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

  /// Whether the module is there and takes sessions.
  var canAdd: Bool { isAttached && kernel?.isEnabled == true }

  /// The time at which the proxy has something to do; it may be in the past.
  ///
  /// `nil` until the module was seen.
  public var nextDeadline: Instant? { node.borrowed { $0.nextDeadline } }
}
