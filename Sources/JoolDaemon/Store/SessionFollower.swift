public import JoolCore
internal import JoolSession

/// Listens to the sessions that an instance wants synchronized, without exchanging them with anybody.
///
/// The module sends its next message when the last one was acknowledged. That is a running proxy's business; if there
/// is none, the follower does it, or else it would see one message per `ss-flush-deadline`.
public struct SessionFollower: ~Copyable {
  private var link: KernelLink
  private let instance: InstanceName
  private let pool6: IPv6Prefix
  private var presence = ProxyPresence()
  private var buffer = [UInt8](repeating: 0, count: 65_536)

  /// `ss-enabled`, without which nothing will ever come.
  public let isEnabled: Bool

  /// - Throws: `ProxyError.kernel`, or `.noSuchInstance`.
  public init(instance: InstanceName) throws(ProxyError) {
    var link = try ProxyError.asking { () throws(JoolError) in try KernelLink(instance: instance) }
    let inspection = try link.inspectAtStart(instance)
    isEnabled = inspection.isEnabled
    pool6 = inspection.kernel.pool6
    self.instance = instance
    self.link = link
  }

  /// What came.
  public enum Event: Hashable, Sendable {
    case sessions([SessionEntry])
    /// So much came that some of it was lost.
    case overrun
    /// Not session records.
    case unusable(WireFormatError)
  }

  /// Waits for sessions of the instance: those that were created or updated, oldest first.
  public mutating func next() throws(JoolError) -> Event {
    while true {
      do throws(JoolError) {
        guard let count = try link.events.receive(into: &buffer, waiting: true) else { continue }
        if let event = try event(in: count) { return event }
      } catch .overrun {
        try acknowledge()
        return .overrun
      }
    }
  }

  private mutating func event(in count: Int) throws(JoolError) -> Event? {
    let result: Event?
    do throws(WireFormatError) {
      var reader = NetlinkMessageReader(buffer.span.bytes.extracting(first: count))
      guard let message = try reader.next() else { return nil }
      let multicast = try SyncMulticast(decoding: message.payload)
      guard multicast.header.instance == instance, multicast.header.translator == .nat64 else { return nil }
      result = .sessions(try SyncDatagram(decoding: multicast.sessions, pool6: pool6).sessions)
    } catch {
      result = .unusable(error)
    }
    try acknowledge()
    return result
  }

  private mutating func acknowledge() throws(JoolError) {
    let instance = instance
    let hasProxy = presence.check(now: .now) {
      switch ControlNameHolder(of: instance) {
      case .proxy: true
      case nil, .stranger: false
      case .unknown: nil
      }
    }
    guard !hasProxy else { return }
    try link.client.acknowledgeSessions()
  }
}

/// Whether a proxy runs for an instance. Messages come by the thousand, so it is looked up once a second.
struct ProxyPresence {
  static let interval = Duration.seconds(1)
  private var isThere = false
  private var nextLook: Instant?

  /// - Parameter look: `nil` if it cannot be told; then the last answer holds.
  mutating func check(now: Instant, look: () -> Bool?) -> Bool {
    if let nextLook, now < nextLook { return isThere }
    nextLook = now + Self.interval
    isThere = look() ?? isThere
    return isThere
  }
}
