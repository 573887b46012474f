internal import Glibc
public import JoolCore
public import JoolSession
internal import SystemPackage

/// The client side of the control protocol: sends requests to the proxy of an instance in this network namespace.
public struct ProxyControl: ~Copyable {
  private let socket: OwnedDescriptor

  /// The timeout for connecting to the proxy, and for the answer to a request that needs no work.
  private static let timeout = timeval(tv_sec: 10, tv_usec: 0)

  /// Connects to the proxy.
  ///
  /// Blocks for up to ten seconds. Any process may have the name of a mirror, because a mirror has no rights by which it
  /// could be told.
  /// - Parameters:
  ///   - instance: the instance, or the group of a mirror.
  ///   - service: whether to connect to a proxy or to a mirror. The result is `nil` if none runs here.
  /// - Throws: `Failure.stalled` if the proxy accepts no connection in that time.
  public init?(instance: InstanceName, _ service: ControlService = .proxy) throws(Failure) {
    // SO_SNDTIMEO also limits the time that connect(2) blocks (unix(7)).
    guard let socket = try? ControlProtocol.makeSocket(nonBlocking: false),
      (try? SocketOptions.set(socket.rawValue, SOL_SOCKET, SO_SNDTIMEO, Self.timeout)) != nil
    else { return nil }
    guard ControlProtocol.withAddress(of: instance, service: service, { connect(socket.rawValue, $0, $1) }) == 0 else {
      if errno == EAGAIN, case .proxy = ControlNameHolder(of: instance, service) { throw .stalled }
      return nil
    }
    guard service == .mirror || PeerCredentials(of: socket.rawValue)?.mayAdministrate == true else { return nil }
    self.socket = socket
  }

  /// The reason why a request failed.
  public enum Failure: Error, Hashable, Sendable {
    /// The proxy refused the request, or its answer is unintelligible. The text explains which.
    case refused(String)
    /// The proxy closed the connection: it ended, it has too many clients, or the client is neither root nor the
    /// proxy's user.
    case disconnected
    /// The proxy runs, but did not react in time.
    case stalled
  }

  /// Makes the proxy send its table to the group.
  ///
  /// Blocks until all of it was sent, without a timeout.
  /// - Returns: the number of sessions that were sent.
  public func advertise() throws(Failure) -> Int {
    let words = try ask(ControlProtocol.advertise).split(separator: " ", maxSplits: 1)
    if words.count == 2, words[0] == "ok", let count = Int(words[1]) { return count }
    throw .refused(words.count == 2 ? String(words[1]) : "a text that this program does not understand")
  }

  /// The most mappings that `remove` takes.
  public static let maxRemovals = RemovalRequest.maxEntries

  /// Ends mappings with all their sessions on all nodes of the group, for good.
  ///
  /// Blocks for up to ten seconds.
  /// - Parameter entries: the mappings, at most `maxRemovals`.
  /// - Returns: what becomes of them.
  /// - Throws: `Failure`; `.stalled` if the proxy does not answer in that time.
  public func remove(_ entries: [BIBEntry]) throws(Failure) -> RemovalOutcome {
    try? SocketOptions.set(socket.rawValue, SOL_SOCKET, SO_RCVTIMEO, Self.timeout)
    let words = try ask(RemovalRequest(entries).text).split(separator: " ", maxSplits: 1).map(String.init)
    if words.count == 2, words[0] == "ok", let outcome = RemovalOutcome(text: words[1]) { return outcome }
    throw .refused(words.count == 2 ? words[1] : "a text that this program does not understand")
  }

  /// Requests the proxy's status.
  ///
  /// Blocks for up to ten seconds.
  /// - Throws: `Failure`; `.stalled` if the proxy does not answer in that time.
  public func status() throws(Failure) -> ProxyStatus {
    // keepalived asks every second. Without a timeout its checks would pile up while a proxy does not react.
    try? SocketOptions.set(socket.rawValue, SOL_SOCKET, SO_RCVTIMEO, Self.timeout)
    let answer = try ask(ControlProtocol.status)
    guard let status = ProxyStatus(text: answer) else {
      throw .refused("a text that this program does not understand")
    }
    return status
  }

  private func ask(_ request: String) throws(Failure) -> String {
    var request = request
    let sent = request.withUTF8 { send(socket.rawValue, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    guard sent > 0 else { throw .disconnected }
    var buffer = [UInt8](repeating: 0, count: ControlProtocol.limit)
    var count = 0
    repeat { count = recv(socket.rawValue, &buffer, buffer.count, 0) } while count < 0 && errno == EINTR
    guard count > 0 else { throw count < 0 && errno == EAGAIN ? .stalled : .disconnected }
    return String(decoding: buffer[..<count], as: UTF8.self)
  }
}

extension ProxyControl.Failure: CustomStringConvertible {
  /// The failure as sentences for the user.
  public var description: String {
    switch self {
    case .refused(let text): "The session proxy answered: \(text)"
    case .stalled: "The session proxy runs, but has not reacted for ten seconds. (Was it stopped?)"
    case .disconnected:
      "The session proxy closed the connection without an answer. (It answers only root and its own user.)"
    }
  }
}
