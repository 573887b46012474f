public import JoolCore

/// The session proxy without its sockets: bytes and time in, bytes and sessions out. Deterministic.
///
///     module ──multicast──▶ received(kernelMessage:), learn(records:) ──▶ SyncNode ──▶ takeDatagrams() ──▶ network
///     network ──datagram──▶ received(datagram:) ──▶ SyncNode ──▶ ModuleFeed ──▶ nextStoreRequest() ──▶ module
///
/// The node (`SyncNode`) knows what peers know, and so what is news to whom. Nothing reaches the module that was not
/// decoded, checked and encoded anew.
public struct SessionProxy: Sendable {
  public let instance: InstanceName
  public let format: WireFormat
  public var counters = ProxyCounters()
  /// What the module is like; `nil` until it was seen once. Remembered while the module is away, to read datagrams by.
  package private(set) var kernel: Kernel?
  private(set) var isAttached = false
  /// `nil` until the module was seen.
  package var node: SyncNode?
  var neighbours = Neighbours()
  /// What `compareSettings(now:)` found.
  var groupFindings: [String] = []
  /// Whether what is sent gets out.
  package var sending = SendHealth()
  /// Proxies that speak another version of SS2.
  var otherVersions = OtherVersions()
  /// When this proxy found last that there is a copy of it.
  var copiedAt: Instant?
  /// When the module was seen first.
  private(set) var startedAt: Instant?
  /// What fits a datagram.
  package var path = PathSize.ethernet {
    didSet { node?.path = path }
  }
  /// `nil`: the group trusts its network.
  var seal: FrameSeal?
  var random: SeededGenerator
  /// For how long the next node remembers peers that are not heard any more.
  package var memory = PeerMemory()
  /// Whether the module's table should be read and compared, and why.
  package var audit: Audit?
  /// Requests with sessions that the module has taken without complaint.
  package var addsTaken: UInt64 = 0
  /// Whether the audit that is under way gives the module what it lacks. What it lacks from its beginning on is for the
  /// next one.
  var isRefillDue = false
  /// When the module's table was last read.
  var auditedAt: Instant?
  /// How many sessions the module has announced.
  package private(set) var announcementsHeard: UInt64 = 0
  /// How many sessions that it had not announced were found by audits before the present one.
  var unannouncedBefore: UInt64 = 0
  /// When the module last announced a session.
  private(set) var lastAnnouncement: Instant?
  /// Since when it has been doing so, as far as peers are told.
  var translatingSince: Instant?
  /// Whether the module has what the table has.
  var mark = ModuleMark()

  /// What the proxy needs to know of the module.
  public struct Kernel: Hashable, Sendable {
    public var format: SyncFormat
    public var pool6: IPv6Prefix
    public var limits: SessionLimits
    /// `ss-enabled`; without it the module refuses sessions, and sends none.
    public var isEnabled: Bool

    public init(format: SyncFormat, pool6: IPv6Prefix, limits: SessionLimits, isEnabled: Bool) {
      self.format = format
      self.pool6 = pool6
      self.limits = limits
      self.isEnabled = isEnabled
    }
  }

  /// Why the module's table is read; the later of two reasons includes the earlier.
  public enum Audit: Int, Comparable, Sendable {
    /// The program starts. C proxies are told nothing: what a standby has may be outdated, and they would believe it.
    case start
    /// The module seems to have dropped announcements. It is no proof, so the node stays ready.
    case precaution
    /// Announcements were lost, or the module is new.
    case repair
    /// Somebody wants all of it sent.
    case advertisement

    public static func < (left: Audit, right: Audit) -> Bool { left.rawValue < right.rawValue }
  }

  /// What to do about a multicast of the module.
  public enum KernelMessageAction: Equatable, Sendable {
    /// Acknowledge first: the module prepares its next message while we work. Ranges index the given bytes.
    case acknowledge(thenLearn: Range<Int>)
    /// The module waits for an acknowledgement of what we cannot use, too.
    case acknowledgeUnusable(WireFormatError)
    /// Another instance's, and its proxy's to acknowledge.
    case ignore
    /// Not Jool's protocol.
    case drop(WireFormatError)
  }

  /// - Parameters:
  ///   - seed: of all chance; a proxy's must differ from its peers' and from its own last one.
  ///   - keys: what the group's frames are sealed with. Then nothing else is said or heard.
  ///   - sealStart: of the seal; random, never used before.
  public init(
    instance: InstanceName, format: WireFormat = .auto, seed: UInt64, keys: KeyRing? = nil,
    sealStart: UInt64 = .random(in: .min ... .max)
  ) {
    self.instance = instance
    self.format = keys == nil ? format : .ss2
    seal = keys.map { FrameSeal(keys: $0, start: sealStart) }
    random = SeededGenerator(seed: seed)
  }

  /// The administrator has changed the keys.
  public mutating func use(_ keys: KeyRing) { seal?.keys = keys }

  // MARK: The module

  /// The module answers, now or again.
  /// - Parameter clock: the time of day in milliseconds since 1970.
  public mutating func attached(_ kernel: Kernel, clock: UInt64 = 0, now: Instant) {
    startedAt = startedAt ?? now
    let wasUsable = canAdd
    // The module counts a session's life from its last packet: with another timeout, what it was given ends at other
    // times.
    let haveLimitsChanged = isAttached && self.kernel.map { $0.limits != kernel.limits } ?? false
    isAttached = true
    self.kernel = kernel
    node?.use(kernel.limits, now: now)
    if !kernel.isEnabled { closeFeed() }
    if node?.table.pool6 != kernel.pool6 {
      node = makeNode(kernel, clock: clock, now: now)
    } else if !wasUsable || haveLimitsChanged, kernel.isEnabled {
      moduleMayLack()
    }
  }

  mutating func makeNode(_ kernel: Kernel, clock: UInt64, now: Instant) -> SyncNode? {
    guard let table = SessionTable(pool6: kernel.pool6, now: now) else { return nil }
    let identity = Incarnation(.random(in: 1...UInt64.max, using: &random))
    requestAudit(.start)
    isRefillDue = false
    // Who speaks to C proxies alone has nobody to join.
    var node = SyncNode(
      identity: identity, table: table, limits: kernel.limits, seed: random.next(), isFirst: format == .legacy,
      clock: clock, memory: memory, now: now)
    node.path = path
    node.budget.pace = tablePace(now: now)
    node.budget.repeatPace = format == .auto ? .moderate : .brisk
    node.selfCheck = self.node?.selfCheck ?? SelfCheck(isSealed: seal != nil)
    return node
  }

  /// How fast tables and repairs leave. In `auto` there may be C proxies, a silent standby among them.
  func tablePace(now: Instant) -> SendPace {
    guard format == .auto else { return .brisk }
    return neighbours.legacyCount(now: now) == 0 ? .cautious : .gentle
  }

  /// The module is gone. What peers say meanwhile is in the table.
  public mutating func detached() {
    isAttached = false
    closeFeed()
  }

  /// The module was replaced by a new one, or lost sessions.
  public mutating func moduleMayLack() {
    node?.feed.moduleMayLack()
    requestAudit(.repair)
  }

  /// A datagram of the multicast group: one netlink message, netlink header included.
  public mutating func received(kernelMessage datagram: RawSpan) -> KernelMessageAction {
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

  /// The records of a multicast of the module.
  public mutating func learn(records: RawSpan, now: Instant) throws(WireFormatError) {
    guard let pool6 = kernel?.pool6 else { return }
    let datagram = try SyncDatagram(decoding: records, pool6: pool6)
    announcementsHeard += UInt64(datagram.sessions.count + datagram.refused.count)
    if !datagram.sessions.isEmpty {
      lastAnnouncement = now
      node?.lastAnnouncement = now
    }
    for session in datagram.sessions { node?.learn(session, now: now) }
    if let refused = datagram.refused.first { throw refused }
  }

  /// Multicasts were lost; the module may be waiting for the acknowledgement of one of them.
  public mutating func overran() {
    counters.overruns += 1
    requestAudit(.repair)
  }

  /// Whether the module is there and takes sessions.
  var canAdd: Bool { isAttached && kernel?.isEnabled == true }

  /// When there is something to do, perhaps in the past.
  public var nextDeadline: Instant? { node.borrowed { $0.nextDeadline } }
}
