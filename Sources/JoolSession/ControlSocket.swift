internal import Glibc
public import JoolCore
internal import SystemPackage

/// How the proxy of an instance is spoken to: a Unix socket with an abstract name, which lives and is visible exactly in
/// the network namespace of the instance, and vanishes with the proxy. One request and one answer per connection, text.
/// The proxy hears only root and its own user; and a client only who may be a proxy, since anybody can take a free name.
enum ControlProtocol {
  /// The proxy sends its table to the group. Answer: `ok COUNT` when all of it has left, or `error TEXT`.
  static let advertise = "advertise"
  /// Answer: a `ProxyStatus`, with a line for each peer.
  static let status = "status"

  /// Room for a request or an answer.
  static let limit = 65_536

  static func withAddress<Result>(
    of instance: InstanceName, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) -> Result {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let name = Array("\0jool-session-proxy/\(instance)".utf8)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
    let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
    return withUnsafePointer(to: address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
    }
  }

  static func makeSocket(nonBlocking: Bool) throws(Errno) -> OwnedDescriptor {
    let flags = Int32(SOCK_CLOEXEC.rawValue) | (nonBlocking ? Int32(SOCK_NONBLOCK.rawValue) : 0)
    guard let socket = OwnedDescriptor(socket(AF_UNIX, Int32(SOCK_SEQPACKET.rawValue) | flags, 0)) else {
      throw .current
    }
    return socket
  }
}

/// The proxy's end.
struct ControlSocket: ~Copyable {
  private let listener: OwnedDescriptor
  /// Clients that have not asked yet, or wait for their answer. Few: this is for people and scripts.
  private(set) var clients: [Client] = []
  private static let maxClients = 16

  struct Client: Hashable {
    let descriptor: Int32
    var hasAsked = false
  }

  /// - Throws: `Errno.addressInUse` if the instance has a proxy already.
  init(instance: InstanceName) throws(Errno) {
    let listener = try ControlProtocol.makeSocket(nonBlocking: true)
    guard ControlProtocol.withAddress(of: instance, { bind(listener.rawValue, $0, $1) }) == 0,
      listen(listener.rawValue, 8) == 0
    else { throw .current }
    self.listener = listener
  }

  deinit { for client in clients { close(client.descriptor) } }

  /// What to say when there is none yet.
  static func advice(_ error: Errno) -> String {
    error == .addressInUse
      ? "Another proxy seems to serve this instance already; `jool session advertise` and `status` will ask that one."
      : "`jool session advertise` and `status` cannot reach this proxy: \(error)"
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

/// Who is at the other end of a Unix socket: who has connected, or who called listen(2).
private struct PeerCredentials {
  /// `struct ucred`, which Glibc's module lacks.
  private struct Credentials: BitwiseCopyable {
    var process: Int32 = 0
    var user: UInt32 = 0
    var group: UInt32 = 0
  }

  private let credentials: Credentials

  init?(of descriptor: Int32) {
    var credentials = Credentials()
    var length = socklen_t(MemoryLayout<Credentials>.size)
    guard getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &length) == 0 else { return nil }
    self.credentials = credentials
  }

  /// Root, or our own user.
  var isOurs: Bool { credentials.user == 0 || credentials.user == geteuid() }

  /// Whether it may steer the module as a proxy does, whoever it is.
  var mayAdministrate: Bool { isOurs || Privileges.hasNetAdmin(process: credentials.process) }
}

/// The other end: asks the proxy of an instance in this network namespace.
public struct ProxyControl: ~Copyable {
  private let socket: OwnedDescriptor

  /// `nil` if no proxy runs for the instance here.
  public init?(instance: InstanceName) {
    guard let socket = try? ControlProtocol.makeSocket(nonBlocking: false),
      ControlProtocol.withAddress(of: instance, { connect(socket.rawValue, $0, $1) }) == 0,
      PeerCredentials(of: socket.rawValue)?.mayAdministrate == true
    else { return nil }
    self.socket = socket
  }

  /// What a proxy answers when it does not do as told.
  public enum Failure: Error, Hashable, Sendable {
    /// The proxy's own words.
    case refused(String)
    /// It hung up or hears only root.
    case disconnected
  }

  /// Makes the proxy send its table to the group, and waits until all of it has left.
  /// - Returns: how many sessions that were.
  public func advertise() throws(Failure) -> Int {
    let words = try ask(ControlProtocol.advertise).split(separator: " ", maxSplits: 1)
    if words.count == 2, words[0] == "ok", let count = Int(words[1]) { return count }
    throw .refused(words.count == 2 ? String(words[1]) : "unintelligible answer")
  }

  public func status() throws(Failure) -> ProxyStatus {
    // keepalived asks every second: a proxy that stands still must not make its checks pile up.
    var timeout = timeval(tv_sec: 10, tv_usec: 0)
    setsockopt(socket.rawValue, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    let answer = try ask(ControlProtocol.status)
    guard let status = ProxyStatus(text: answer) else { throw .refused("unintelligible answer") }
    return status
  }

  private func ask(_ request: String) throws(Failure) -> String {
    var request = request
    let sent = request.withUTF8 { send(socket.rawValue, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    guard sent > 0 else { throw .disconnected }
    var buffer = [UInt8](repeating: 0, count: ControlProtocol.limit)
    var count = 0
    repeat { count = recv(socket.rawValue, &buffer, buffer.count, 0) } while count < 0 && errno == EINTR
    guard count > 0 else { throw .disconnected }
    return String(decoding: buffer[..<count], as: UTF8.self)
  }
}
