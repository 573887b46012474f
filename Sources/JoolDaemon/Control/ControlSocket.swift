internal import Glibc
internal import JoolCore
internal import JoolSession
internal import SystemPackage

/// The server side of the control protocol.
struct ControlSocket: ~Copyable {
  private let listener: OwnedDescriptor
  /// The clients that have not sent a request yet, or wait for their answer.
  ///
  /// They are few, because the protocol is for people and scripts.
  private(set) var clients: [Client] = []
  private static let maxClients = 16

  /// A connected client.
  struct Client: Hashable {
    let descriptor: Int32
    var hasAsked = false
  }

  /// Opens the socket of an instance's proxy.
  ///
  /// - Throws: `Errno.addressInUse` if another socket has the name.
  init(instance: InstanceName, _ service: ControlService = .proxy) throws(Errno) {
    let listener = try ControlProtocol.makeSocket(nonBlocking: true)
    guard ControlProtocol.withAddress(of: instance, service: service, { bind(listener.rawValue, $0, $1) }) == 0,
      listen(listener.rawValue, 8) == 0
    else { throw .current }
    self.listener = listener
  }

  deinit { for client in clients { close(client.descriptor) } }

  /// The time that a starting proxy waits for another proxy to end.
  private static let grace = TimeAmount.seconds(1)

  /// Opens the control socket of a proxy that starts.
  ///
  /// Only another proxy keeps it from starting. If a process without the rights of a proxy holds the name, the proxy
  /// starts without a control socket and cannot be reached, because no unprivileged user may prevent synchronization.
  /// Blocks for about a second at most.
  ///
  /// Returns `nil` if the name is not available. Throws `ProxyError.alreadyRunning` if another proxy holds the name.
  /// - `warn`: receives the reason why there is no control socket.
  static func claim(
    _ instance: InstanceName, _ service: ControlService = .proxy, warn: (String) -> Void
  ) throws(ProxyError) -> ControlSocket? {
    let deadline = Instant.now + grace
    var holder: ControlNameHolder?
    var isFirstTry = true
    while true {
      let failure: Errno
      do throws(Errno) { return try ControlSocket(instance: instance, service) } catch { failure = error }
      let isLastTry = Instant.now >= deadline
      // Each check connects to the holder, so only the first and the last try make one.
      if failure == .addressInUse, isFirstTry || isLastTry { holder = ControlNameHolder(of: instance, service) }
      isFirstTry = false
      switch holder {
      case nil where failure == .addressInUse && !isLastTry, .proxy where !isLastTry: usleep(50_000)
      case .proxy(let process): throw .alreadyRunning(instance, service, process: process)
      case nil, .stranger, .unknown:
        warn(advice(service, failure, holder))
        return nil
      }
    }
  }

  /// The warning while the name is not available.
  private static func advice(
    _ service: ControlService, _ failure: Errno, _ holder: ControlNameHolder?
  ) -> String {
    let reason =
      switch holder {
      case .stranger(let process, let user):
        "process \(process) of user \(user) has the control name, but not the rights of a proxy; end that process"
      case .unknown: "an unknown process has the control name; to find it, run `ss -xlp` as root"
      case .proxy, nil: "\(failure)"
      }
    return
      "\(service.clients) cannot reach this \(service.rawValue): \(reason). "
      + "This \(service.rawValue) tries to get its control name every two seconds."
  }

  var descriptor: Int32 { listener.rawValue }

  /// Accepts new clients.
  ///
  /// Those of other users, and those beyond `maxClients`, are disconnected.
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

  /// Reads the request of a client whose descriptor is readable.
  ///
  /// `nil` if the client has disconnected or sends a second request, or if nothing can be read yet.
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

  /// Sends a client its answer and closes the connection.
  ///
  /// Does not block.
  mutating func answer(_ descriptor: Int32, _ text: String) {
    guard clients.contains(where: { $0.descriptor == descriptor }) else { return }
    var text = text
    // Errors are ignored, because only a client that has disconnected or does not read is affected.
    text.withUTF8 { _ = send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)) }
    forget(descriptor)
  }

  private mutating func forget(_ descriptor: Int32) {
    guard let index = clients.firstIndex(where: { $0.descriptor == descriptor }) else { return }
    close(descriptor)
    clients.remove(at: index)
  }
}

extension ControlService {
  /// The commands that use the control protocol.
  var clients: String {
    switch self {
    case .proxy: "`jool session proxy status`, `session advertise` and `session remove`"
    case .mirror: "`jool session mirror status`, `session mirror advertise` and `session remove`"
    }
  }
}
