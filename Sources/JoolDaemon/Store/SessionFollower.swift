public import JoolCore
internal import JoolSession
internal import SystemPackage

/// Receives the sessions that an instance wants synchronized, without exchanging them with peers.
///
/// The module sends its next message when the last one was acknowledged. A running proxy acknowledges. If there is
/// none, the follower does, because otherwise it would receive only one message per `ss-flush-deadline`.
public struct SessionFollower: ~Copyable {
  private var link: ModuleConnection
  private let instance: InstanceName
  private let stop: StopHandle?
  private let pool6: IPv6Prefix
  private var presence = ProxyPresence()
  private var buffer = [UInt8](repeating: 0, count: 65_536)

  /// Whether `ss-enabled` is on.
  ///
  /// Without it the module sends nothing.
  public let isEnabled: Bool

  /// Opens the netlink sockets and reads the instance's settings.
  /// - Parameters:
  ///   - instance: the instance whose sessions are received.
  ///   - stop: the handle that ends a waiting `next()` from another thread.
  /// - Throws: `ProxyError.kernel`, or `.noSuchInstance`.
  public init(instance: InstanceName, stop: StopHandle? = nil) throws(ProxyError) {
    var link = try ProxyError.asking { () throws(JoolError) in try ModuleConnection(instance: instance) }
    let inspection = try link.inspectAtStart(instance)
    isEnabled = inspection.isEnabled
    pool6 = inspection.kernel.pool6
    self.instance = instance
    self.stop = stop
    self.link = link
  }

  /// Blocks until the instance announces sessions that were created or updated, or until an event shows that some were
  /// lost or unusable.
  /// - Returns: the event, or `nil` after `StopHandle.stop()`.
  /// - Throws: `JoolError` if the module cannot be reached any more.
  public mutating func next() throws(JoolError) -> SessionFeed.Event? {
    while try waits() {
      do throws(JoolError) {
        guard let count = try link.events.receive(into: &buffer, waiting: stop == nil), let event = event(in: count)
        else { continue }
        try acknowledge()
        return event
      } catch .overrun {
        try acknowledge()
        return .overrun
      }
    }
    return nil
  }

  private func waits() throws(JoolError) -> Bool {
    // Without a handle, the socket waits itself.
    guard stop != nil else { return true }
    do throws(Errno) { return try stop.waits(for: link.events.descriptor) } catch {
      throw .system(call: "poll", error)
    }
  }

  private func event(in count: Int) -> SessionFeed.Event? {
    SessionFeed.Event(decoding: buffer.span.bytes.extracting(first: count), instance: instance, pool6: pool6)
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

/// Remembers whether a proxy runs for an instance.
///
/// It looks again once a second at most, because messages arrive by the thousand.
struct ProxyPresence {
  static let interval = TimeAmount.seconds(1)
  private var isThere = false
  private var nextLook: Instant?

  /// Whether a proxy runs.
  /// - `look`: returns `nil` if it cannot find out; then the last answer holds.
  mutating func check(now: Instant, look: () -> Bool?) -> Bool {
    if let nextLook, now < nextLook { return isThere }
    nextLook = now + Self.interval
    isThere = look() ?? isThere
    return isThere
  }
}
