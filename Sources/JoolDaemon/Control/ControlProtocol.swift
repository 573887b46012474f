internal import Glibc
internal import JoolCore
internal import JoolSession
internal import SystemPackage

/// The proxy's control protocol: one request and one answer per connection, as text, over a Unix socket with an
/// abstract name.
///
/// The name exists only in the network namespace of the instance, has one holder at a time, and vanishes with the
/// proxy. The proxy accepts root and its own user. Clients accept only a server with the rights of a proxy, because any
/// process can bind an unused abstract name (`ControlNameHolder`).
enum ControlProtocol {
  /// The request to send the proxy's table to the group.
  ///
  /// Answer: `ok COUNT` when all of it was sent, or `error TEXT`.
  static let advertise = "advertise"
  /// The request for the proxy's status.
  ///
  /// Answer: a `ProxyStatus`, with a line for each peer.
  static let status = "status"
  // The third request is a `RemovalRequest`. Answer: `ok` and a `RemovalOutcome`, or `error TEXT`.

  /// The maximum size of a request or an answer in bytes.
  static let limit = 65_536

  /// The control name of an instance's proxy, or of a group's mirror, without the zero byte that abstract names begin
  /// with.
  static func name(of instance: InstanceName, _ service: ControlService = .proxy) -> String {
    "jool-session-\(service.rawValue)/\(instance)"
  }

  static func withAddress<Result>(
    of instance: InstanceName, service: ControlService = .proxy, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) -> Result {
    UnixAddress.with([0] + Array(name(of: instance, service).utf8), body)
  }

  static func makeSocket(nonBlocking: Bool) throws(Errno) -> OwnedDescriptor {
    let flags = Int32(SOCK_CLOEXEC.rawValue) | (nonBlocking ? Int32(SOCK_NONBLOCK.rawValue) : 0)
    guard let socket = OwnedDescriptor(socket(AF_UNIX, Int32(SOCK_SEQPACKET.rawValue) | flags, 0)) else {
      throw .current
    }
    return socket
  }
}

/// What serves the control protocol: a proxy with a module, or a mirror.
///
/// Both may have the same instance name.
public enum ControlService: String, Hashable, Sendable {
  /// `jool session proxy`.
  case proxy
  /// `jool session mirror`.
  case mirror
}
