public import JoolCore
internal import JoolSession
internal import SystemPackage

/// Receives the sessions that an instance wants synchronized, without exchanging them with peers.
///
/// It receives them from the module, or from a program that answers in the module's place, such as a mirror.
///
/// The module sends its next message when the last one was acknowledged. A running proxy acknowledges. If there is
/// none, the follower does, because otherwise it would receive only one message per `ss-flush-deadline`.
public struct SessionFollower: ~Copyable {
  /// The module; `nil` if there is a program in its place.
  private var link: ModuleConnection?
  /// What the program sends; `nil` if there is a module.
  private var feed: SessionFeed?
  private let instance: InstanceName
  private let stop: StopHandle?
  private let pool6: IPv6Prefix?
  private var presence = ProxyPresence()
  private var buffer = [UInt8](repeating: 0, count: 65_536)

  /// Whether `ss-enabled` is on.
  ///
  /// Without it the module sends nothing.
  public let isEnabled: Bool

  /// Opens the netlink sockets or the Unix socket, and reads the instance's settings.
  /// - Parameters:
  ///   - instance: the instance whose sessions are received.
  ///   - socket: the path of the socket of a program that answers in the module's place; `nil`: the module is asked.
  ///   - stop: the handle that ends a waiting `next()` from another thread.
  /// - Throws: `ProxyError.kernel`, or `.noSuchInstance`.
  public init(instance: InstanceName, socket: String? = nil, stop: StopHandle? = nil) throws(ProxyError) {
    if let socket {
      let opened = try ProxyError.asking { () throws(JoolError) -> SessionFeed? in
        var client = try Jool.connect(socket: socket, instance: instance)
        return try client.sessionFeed()
      }
      guard let feed = consume opened else { throw .noSuchInstance(instance) }
      (isEnabled, pool6) = (true, nil)
      self.feed = consume feed
      link = nil
    } else {
      var link = try ProxyError.asking { () throws(JoolError) in try ModuleConnection(instance: instance) }
      let inspection = try link.inspectAtStart(instance)
      (isEnabled, pool6) = (inspection.isEnabled, inspection.kernel.pool6)
      self.link = consume link
      feed = nil
    }
    self.instance = instance
    self.stop = stop
  }

  /// Blocks until the instance announces sessions that were created or updated, or until an event shows that some were
  /// lost or unusable.
  /// - Returns: the event, or `nil` after `StopHandle.stop()`.
  /// - Throws: `JoolError` if the module cannot be reached any more.
  public mutating func next() throws(JoolError) -> SessionFeed.Event? {
    let descriptor = link.borrowed { $0.events.descriptor } ?? feed.borrowed { $0.descriptor } ?? -1
    // Without a handle, the socket waits itself.
    let isWaiting = stop == nil
    while true {
      if !isWaiting, try !waits(for: descriptor) { return nil }
      if link.borrowed({ _ in true }) == true {
        if let event = try nextOfModule(waiting: isWaiting) { return event }
      } else if let event = try feed?.next(waiting: isWaiting) {
        return event
      }
    }
  }

  private mutating func nextOfModule(waiting: Bool) throws(JoolError) -> SessionFeed.Event? {
    do throws(JoolError) {
      guard let count = try link?.events.receive(into: &buffer, waiting: waiting), let event = event(in: count) else {
        return nil
      }
      try acknowledge()
      return event
    } catch .overrun {
      try acknowledge()
      return .overrun
    }
  }

  private func waits(for descriptor: Int32) throws(JoolError) -> Bool {
    do throws(Errno) { return try stop.waits(for: descriptor) } catch {
      throw .system(call: "poll", error)
    }
  }

  private func event(in count: Int) -> SessionFeed.Event? {
    guard let pool6 else { return nil }
    return SessionFeed.Event(decoding: buffer.span.bytes.extracting(first: count), instance: instance, pool6: pool6)
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
    try link?.client.acknowledgeSessions()
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
