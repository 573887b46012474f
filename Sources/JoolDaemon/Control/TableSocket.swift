internal import CLinux
internal import Glibc
internal import JoolCore
internal import JoolSession
internal import Logging
internal import SystemPackage

/// The Unix socket on which a mirror answers in the module's place: many clients, none of which the mirror waits for.
///
/// The event loop waits for one descriptor, whatever the number of clients: an epoll(7) instance has the others.
/// A turn of the loop answers requests for `turnBudget`, so that the datagrams of the group come first.
struct TableSocket: ~Copyable {
  private let listener: TableListener
  private let poll: OwnedDescriptor
  private var clients: [Int32: TableClient] = [:]
  private var followers: Set<Int32> = []
  /// Whether no client is accepted, because there are too few descriptors.
  private var isPaused = false
  private var buffer = [UInt8](repeating: 0, count: 65_536)
  /// The instance as clients see it, and when that was found out.
  private var profile: (value: ModuleProfile, made: Instant)?
  private var missing = LogThrottle()

  /// The greatest number of clients.
  static let maxClients = 256
  /// The time for which requests are answered before the loop looks at the network again.
  private static let turnBudget = TimeAmount.milliseconds(2)
  /// The time for which a profile is used.
  private static let profileAge = TimeAmount.milliseconds(500)
  /// The time after which a client that requests nothing loses its place if all are taken.
  private static let idleTimeout = TimeAmount.seconds(1)
  /// The number of the netlink family, as clients are told it.
  static let netlinkFamily: UInt16 = 32

  /// Serves a socket that listens.
  /// - Throws: the error of epoll_create1(2) or epoll_ctl(2).
  init(_ listener: consuming TableListener) throws(Errno) {
    guard let poll = OwnedDescriptor(epoll_create1(Int32(EPOLL_CLOEXEC))) else { throw .current }
    guard Self.watch(listener.descriptor, in: poll.rawValue, EPOLLIN, EPOLL_CTL_ADD) else { throw .current }
    self.listener = listener
    self.poll = poll
  }

  var path: String { listener.path }

  /// The descriptor that has input when a client needs something.
  var descriptor: Int32 { poll.rawValue }

  var hasFollowers: Bool { !followers.isEmpty }

  /// Answers the clients that have sent something, for as long as the budget permits.
  ///
  /// Does not block.
  /// - Returns: whether a client wants the table to be advertised.
  mutating func serve(_ proxy: SessionProxy, now begin: Instant) -> Bool {
    var events = [epoll_event](repeating: epoll_event(), count: 32)
    var wantsAdvertisement = false
    let end = begin + Self.turnBudget
    // The kernel reports the descriptors in turn, so that none waits longer than the others.
    let count = Int(epoll_wait(poll.rawValue, &events, Int32(events.count), 0))
    for event in events.prefix(max(count, 0)) {
      let now = Instant.now
      guard now < end else { break }
      if event.data.fd == listener.descriptor {
        acceptClients(now)
        continue
      }
      guard let client = clients[event.data.fd] else { continue }
      let isConnected = client.flush(now: now) && answer(client, from: proxy, now: now)
      if client.responder.wantsAdvertisement {
        client.responder.wantsAdvertisement = false
        wantsAdvertisement = true
      }
      if isConnected { update(client) } else { forget(client.descriptor) }
    }
    return wantsAdvertisement
  }

  /// Sends messages to the followers.
  ///
  /// Does not block. What a follower does not read in time is lost for it, and it is told so.
  mutating func announce(_ messages: [[UInt8]], isCut: Bool, now: Instant, log: Logger) {
    var lost = 0
    for descriptor in followers {
      guard let client = clients[descriptor] else { continue }
      guard let missed = client.announce(messages, isCut: isCut, now: now) else {
        forget(descriptor)
        continue
      }
      lost += missed
      update(client)
    }
    if lost > 0 || isCut, let more = missing.admit(now: now) {
      log.warning("A follower reads the socket '\(path)' too slowly, so it misses sessions.\(more)")
    }
  }

  /// Disconnects the clients that read nothing, and accepts clients again after a shortage of descriptors.
  mutating func check(now: Instant) {
    for (descriptor, client) in clients where client.isStuck(now: now) { forget(descriptor) }
    if isPaused { isPaused = !Self.watch(listener.descriptor, in: poll.rawValue, EPOLLIN, EPOLL_CTL_ADD) }
  }

  // MARK: Clients

  private mutating func acceptClients(_ now: Instant) {
    for _ in 0..<TurnBudget.messages {
      guard let accepted = OwnedDescriptor(accept(listener.descriptor, nil, nil)) else {
        guard errno != EAGAIN, errno != EINTR, errno != ECONNABORTED else { return }
        // Otherwise the loop would find the waiting client again and again.
        isPaused = Self.watch(listener.descriptor, in: poll.rawValue, EPOLLIN, EPOLL_CTL_DEL)
        return
      }
      _ = fcntl(accepted.rawValue, F_SETFD, FD_CLOEXEC)
      guard makeRoom(now), Self.watch(accepted.rawValue, in: poll.rawValue, EPOLLIN, EPOLL_CTL_ADD) else { continue }
      let descriptor = accepted.rawValue
      let isOurs = PeerCredentials(of: descriptor)?.isOurs == true
      clients[descriptor] = TableClient(accepted, isTrusted: isOurs, family: Self.netlinkFamily, now: now)
    }
  }

  /// Whether there is room for one more client.
  ///
  /// If not, the client that has requested nothing for the longest time is disconnected.
  private mutating func makeRoom(_ now: Instant) -> Bool {
    guard clients.count >= Self.maxClients else { return true }
    let idle = clients.values.filter { !$0.isFollower && now - $0.lastRequest >= Self.idleTimeout }
    guard let oldest = idle.min(by: { $0.lastRequest < $1.lastRequest }) else { return false }
    forget(oldest.descriptor)
    return true
  }

  private mutating func forget(_ descriptor: Int32) {
    // Closing the descriptor removes it from the epoll instance, too.
    clients[descriptor] = nil
    followers.remove(descriptor)
  }

  /// Reads a request and answers it.
  /// - Returns: false if the client is gone.
  private mutating func answer(_ client: TableClient, from proxy: SessionProxy, now: Instant) -> Bool {
    switch client.receive(into: &buffer, now: now) {
    case .end: return false
    case .none: return true
    case .request(let count):
      client.responder.profile = profile(of: proxy, now: now)
      return client.answer(
        proxy.respond(&client.responder, to: Array(buffer[..<count]), now: now), now: now)
    }
  }

  private mutating func profile(of proxy: SessionProxy, now: Instant) -> ModuleProfile {
    if let profile, now - profile.made < Self.profileAge { return profile.value }
    let value = proxy.moduleProfile()
    profile = (value, now)
    return value
  }

  /// Waits for a client's input, or for room for its output if something waits.
  private mutating func update(_ client: TableClient) {
    if client.isFollower { followers.insert(client.descriptor) }
    guard client.isWatchedForOutput != client.isBlocked else { return }
    client.isWatchedForOutput = client.isBlocked
    _ = Self.watch(client.descriptor, in: poll.rawValue, client.isBlocked ? EPOLLOUT : EPOLLIN, EPOLL_CTL_MOD)
  }

  private static func watch(_ descriptor: Int32, in poll: Int32, _ events: EPOLL_EVENTS, _ operation: Int32) -> Bool {
    var event = epoll_event()
    event.events = events.rawValue
    event.data.fd = descriptor
    return epoll_ctl(poll, operation, descriptor, &event) == 0
  }
}
