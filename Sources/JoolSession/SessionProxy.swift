public import JoolCore

/// The session proxy without its sockets: bytes and time in, actions out. Deterministic.
///
///     module ──multicast──▶ received(kernelMessage:) ──▶ acknowledge, then send the records as they are
///     network ──datagram──▶ received(datagram:now:) ──▶ decode, validate ──▶ SessionGather ──▶ nextAdd(now:) ──▶ module
///
/// Records go out in the module's own layout, which is what C proxies exchange. They are accepted in any of the
/// layouts, and nothing reaches the module that was not decoded, checked and encoded anew.
public struct SessionProxy: Sendable {
  public let instance: InstanceName
  public var counters = ProxyCounters()
  /// What the module is like; `nil` until it was seen once. Remembered while the module is away, to read datagrams by.
  private var kernel: Kernel?
  private var isAttached = false
  private var gather = SessionGather()
  /// Sorted sessions on their way into the module, from `cursor` on.
  private var adding: [SessionEntry] = []
  private var cursor = 0
  private var addingSince: ContinuousClock.Instant?

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

  /// What to do about a multicast of the module.
  public enum KernelMessageAction: Equatable, Sendable {
    /// Acknowledge first: the module prepares its next message while we send. Ranges index the given bytes.
    case acknowledge(thenSend: Range<Int>)
    /// The module waits for an acknowledgement of what we cannot use, too.
    case acknowledgeUnusable(WireFormatError)
    /// Another instance's, and its proxy's to acknowledge.
    case ignore
    /// Not Jool's protocol.
    case drop(WireFormatError)
  }

  /// What became of a datagram.
  public enum DatagramAction: Equatable, Sendable {
    /// It waits for the module. `refused` records of it do not.
    case gathered(refused: WireFormatError?)
    case drop(WireFormatError)
    /// There is no room, or no module that would say how to read it.
    case dropForNow
  }

  public init(instance: InstanceName) { self.instance = instance }

  // MARK: The module

  /// The module answers, now or again.
  public mutating func attached(_ kernel: Kernel) {
    self.kernel = kernel
    isAttached = true
  }

  /// The module is gone. What arrives meanwhile is kept, within `SessionGather`'s bounds.
  public mutating func detached() { isAttached = false }

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
      return .acknowledge(thenSend: range)
    } catch {
      return .drop(error)
    }
  }

  /// Multicasts were lost; the module may be waiting for the acknowledgement of one of them.
  public mutating func overran() { counters.overruns += 1 }

  // MARK: The network

  /// A datagram of a peer.
  /// - Parameter length: its size on the wire, more than `datagram` holds if it was cut.
  public mutating func received(
    datagram: RawSpan, length: Int, now: ContinuousClock.Instant
  ) -> DatagramAction {
    counters.networkReceivedPackets += 1
    counters.networkReceivedBytes += UInt64(length)
    guard let kernel, !gather.isFull else {
      counters.dropped += 1
      return .dropForNow
    }
    do throws(WireFormatError) {
      guard length == datagram.byteCount else {
        throw .truncated(field: "datagram", need: length, have: datagram.byteCount)
      }
      let records = try SyncDatagram(decoding: datagram, pool6: kernel.pool6)
      if records.format.recordLength != kernel.format.recordLength {
        counters.transcodedRecords += UInt64(records.sessions.count)
      }
      for var session in records.sessions {
        session.expiration = min(session.expiration, kernel.limits.timeout(of: session))
        if gather.insert(session, now: now) { counters.supersededRecords += 1 }
      }
      counters.refusedRecords += UInt64(records.refused.count)
      return .gathered(refused: records.refused.first)
    } catch {
      counters.malformedDatagrams += 1
      return .drop(error)
    }
  }

  /// Sessions that the module should get now, at most one JOOLD_ADD full; empty if none. They stay until
  /// `confirmAdd(of:)` says what became of them, so that none is lost with a module that just went away.
  public mutating func nextAdd(now: ContinuousClock.Instant) -> ArraySlice<SessionEntry> {
    guard let kernel, canAdd else { return [] }
    if cursor == adding.count, let deadline = gather.deadline, deadline <= now {
      adding = gather.takeSorted()
      cursor = 0
      addingSince = now
    }
    return adding[cursor..<min(adding.count, cursor + kernel.format.maxRecordsPerAdd)]
  }

  /// The module took the sessions that `nextAdd(now:)` gave.
  /// - Parameter refused: it found fault with some, and applied the others.
  public mutating func confirmAdd(of sessions: ArraySlice<SessionEntry>, refused: Bool) {
    counters.kernelSentPackets += 1
    counters.kernelSentBytes += UInt64(sessions.count * (kernel?.format.recordLength ?? 0))
    counters.sessionsAdded += UInt64(sessions.count)
    if refused { counters.kernelRefusals += 1 }
    cursor = sessions.endIndex
    if cursor == adding.count {
      adding = []
      cursor = 0
    }
  }

  /// When `nextAdd(now:)` will have something, perhaps in the past. `nil`: not before something arrives.
  public var nextDeadline: ContinuousClock.Instant? {
    guard canAdd else { return nil }
    return cursor < adding.count ? addingSince : gather.deadline
  }

  /// The most bytes that a datagram of whole records in the module's layout may have.
  public var datagramLimit: Int {
    let format = kernel?.format ?? .packed36
    return format.records(fitting: MulticastSocket.payloadLimit) * format.recordLength
  }

  private var canAdd: Bool { isAttached && kernel?.isEnabled == true }
}
