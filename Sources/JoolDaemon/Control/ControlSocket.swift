internal import Glibc
internal import JoolCore
internal import JoolSession
internal import SystemPackage

/// The proxy's end of the control protocol.
struct ControlSocket: ~Copyable {
  private let listener: OwnedDescriptor
  /// Clients that have not asked yet, or wait for their answer. Few, because this is for people and scripts.
  private(set) var clients: [Client] = []
  private static let maxClients = 16

  struct Client: Hashable {
    let descriptor: Int32
    var hasAsked = false
  }

  /// - Throws: `Errno.addressInUse` if the name has a holder.
  init(instance: InstanceName) throws(Errno) {
    let listener = try ControlProtocol.makeSocket(nonBlocking: true)
    guard ControlProtocol.withAddress(of: instance, { bind(listener.rawValue, $0, $1) }) == 0,
      listen(listener.rawValue, 8) == 0
    else { throw .current }
    self.listener = listener
  }

  deinit { for client in clients { close(client.descriptor) } }

  /// How long a proxy that starts waits for one that is ending.
  private static let grace = Duration.seconds(1)

  /// The control socket of a proxy that starts. Only another proxy keeps it from starting: if a process without the rights
  /// of one holds the name, nobody can reach this proxy, but no unprivileged user may prevent synchronization.
  /// - Parameter warn: gets the reason why there is no control socket.
  /// - Returns: `nil` if the name cannot be had.
  /// - Throws: `ProxyError.alreadyRunning`.
  static func claim(_ instance: InstanceName, warn: (String) -> Void) throws(ProxyError) -> ControlSocket? {
    let deadline = Instant.now + grace
    var holder: ControlNameHolder?
    var isFirstTry = true
    while true {
      let failure: Errno
      do throws(Errno) { return try ControlSocket(instance: instance) } catch { failure = error }
      let isLastTry = Instant.now >= deadline
      // Each look is a connection to the holder.
      if failure == .addressInUse, isFirstTry || isLastTry { holder = ControlNameHolder(of: instance) }
      isFirstTry = false
      switch holder {
      case nil where failure == .addressInUse && !isLastTry, .proxy where !isLastTry: usleep(50_000)
      case .proxy(let process): throw .alreadyRunning(instance, process: process)
      case nil, .stranger, .unknown:
        warn(advice(failure, holder))
        return nil
      }
    }
  }

  /// What to say while the name cannot be had.
  private static func advice(_ failure: Errno, _ holder: ControlNameHolder?) -> String {
    let reason =
      switch holder {
      case .stranger(let process, let user):
        "process \(process) of user \(user), which may not be a proxy, holds this proxy's control name; end that process"
      case .unknown: "a process that cannot be told holds this proxy's control name (`ss -xlp` as root names it)"
      case .proxy, nil: "\(failure)"
      }
    return
      "`jool session proxy status` and `session advertise` cannot reach this proxy, which tries again every two seconds: "
      + "\(reason)."
  }

  var descriptor: Int32 { listener.rawValue }

  /// Takes new clients in.
  mutating func acceptClients() {
    for _ in 0..<Self.maxClients {
      let descriptor = accept(listener.rawValue, nil, nil)
      guard descriptor >= 0 else { return }
      guard clients.count < Self.maxClients, PeerCredentials(of: descriptor)?.isOurs == true else {
        close(descriptor)
        continue
      }
      clients.append(Client(descriptor: descriptor))
    }
  }

  /// The request of a client that became readable; `nil` if it has gone, or asks twice.
  mutating func request(from descriptor: Int32) -> String? {
    var buffer = [UInt8](repeating: 0, count: ControlProtocol.limit)
    let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
    if count < 0, errno == EAGAIN || errno == EINTR { return nil }
    guard count > 0, let index = clients.firstIndex(of: Client(descriptor: descriptor)) else {
      forget(descriptor)
      return nil
    }
    clients[index].hasAsked = true
    return String(decoding: buffer[..<count], as: UTF8.self)
  }

  /// Answers a client and hangs up.
  mutating func answer(_ descriptor: Int32, _ text: String) {
    guard clients.contains(where: { $0.descriptor == descriptor }) else { return }
    var text = text
    // A client that left without waiting does not matter.
    text.withUTF8 { _ = send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)) }
    forget(descriptor)
  }

  private mutating func forget(_ descriptor: Int32) {
    guard let index = clients.firstIndex(where: { $0.descriptor == descriptor }) else { return }
    close(descriptor)
    clients.remove(at: index)
  }
}
