/// The sessions of an instance as they are created and updated.
///
/// The module sends them in messages to a netlink multicast group while `ss-enabled` is on. It sends the next message
/// when the last one is acknowledged (`JoolClient.acknowledgeSessions()`), or else about `ss-flush-deadline` later.
/// Acknowledge only if no session proxy runs for the instance, because the proxy does. A program that answers in the
/// module's place needs no acknowledgement.
public struct SessionFeed: ~Copyable {
  private let source: Source
  private let instance: InstanceName
  private let pool6: IPv6Prefix
  private var buffer = [UInt8](repeating: 0, count: 65_536)

  /// The sender of the messages: the module, or a program in its place.
  private enum Source: ~Copyable {
    case module(NetlinkSocket)
    case program(UnixSocket)

    var descriptor: Int32 {
      switch self {
      case .module(let socket): socket.descriptor
      case .program(let socket): socket.descriptor
      }
    }

    func receive(into buffer: inout [UInt8], waiting: Bool) throws(JoolError) -> Int? {
      switch self {
      case .module(let socket): try socket.receive(into: &buffer, waiting: waiting)
      case .program(let socket): try socket.receive(into: &buffer, waiting: waiting)
      }
    }
  }

  /// Listens to the messages of the client's instance that are sent from now on.
  /// - Parameters:
  ///   - client: A client of the instance. Its family's multicast group is joined.
  ///   - pool6: The instance's prefix, which decodes the records.
  /// - Throws: `JoolError.netlinkLibrary` or `.system` if the socket cannot be opened, and `.malformedAnswer` if the
  ///   module has no such group.
  init(of client: borrowing Jool.Client, pool6: IPv6Prefix) throws(JoolError) {
    let socket = try NetlinkSocket()
    _ = socket.enlargeReceiveBuffer(to: 1 << 22)
    try client.joinSyncGroup(socket)
    source = .module(socket)
    instance = client.instance
    self.pool6 = pool6
  }

  /// Listens to the messages of the program that the client is connected to, through a connection of its own.
  init(of client: borrowing JoolClient<UnixSocket>, pool6: IPv6Prefix) throws(JoolError) {
    guard let group = client.family.group(named: JoolClient<UnixSocket>.syncGroup) else {
      throw .malformedAnswer(.missing(field: "multicast group joold"))
    }
    var socket = try UnixSocket(path: client.transport.path)
    try socket.join(group: group)
    source = .program(socket)
    instance = client.instance
    self.pool6 = pool6
  }

  /// The socket's descriptor, for poll(2).
  ///
  /// The feed remains its owner.
  public var descriptor: Int32 { source.descriptor }

  /// Waits for the next message.
  ///
  /// Blocks for up to 5 seconds.
  /// - Parameter waiting: Whether to wait. Otherwise only a message that has arrived already is returned.
  /// - Returns: The next event, or `nil` if there is none.
  /// - Throws: `JoolError.system` if recv(2) fails, `.malformedAnswer` for a message of more than 65,536 bytes, and
  ///   `.socket` if the program that serves a Unix socket has ended.
  public mutating func next(waiting: Bool = true) throws(JoolError) -> Event? {
    do throws(JoolError) {
      while let count = try source.receive(into: &buffer, waiting: waiting) {
        let message = buffer.span.bytes.extracting(first: count)
        if let event = Event(decoding: message, instance: instance, pool6: pool6) { return event }
      }
      return nil
    } catch .overrun {
      return .overrun
    }
  }

  /// An event of the feed.
  ///
  /// Each is to be acknowledged.
  public enum Event: Hashable, Sendable {
    /// Sessions that were created or updated, oldest first.
    case sessions([SessionEntry])
    /// Messages were lost, because more arrived than the socket's buffer holds.
    case overrun
    /// A message that does not consist of session records.
    case unusable(WireFormatError)
  }
}

extension SessionFeed.Event {
  /// Decodes a datagram of the multicast group.
  /// - Parameters:
  ///   - datagram: The datagram, netlink header included.
  ///   - instance: The instance whose messages count. For those of other instances this is `nil`.
  ///   - pool6: The instance's prefix.
  package init?(decoding datagram: RawSpan, instance: InstanceName, pool6: IPv6Prefix) {
    do throws(WireFormatError) {
      var reader = NetlinkMessageReader(datagram)
      guard let message = try reader.next() else { return nil }
      let multicast = try SyncMulticast(decoding: message.payload)
      guard multicast.header.instance == instance, multicast.header.translator == .nat64 else { return nil }
      self = .sessions(try SyncDatagram(decoding: multicast.sessions, pool6: pool6).sessions)
    } catch {
      self = .unusable(error)
    }
  }
}

extension JoolClient where Transport == NetlinkSocket {
  /// Listens to the instance's sessions as they are created and updated from now on.
  ///
  /// Blocks until the module has answered with the instance's variables.
  /// - Returns: The feed, or `nil` if the instance has no pool6.
  /// - Throws: The errors that all calls have in common, `JoolError.wrongTranslator` with a SIIT client, and the errors
  ///   of opening a netlink socket.
  public mutating func sessionFeed() throws(JoolError) -> SessionFeed? {
    guard translator == .nat64 else { throw .wrongTranslator(.sessionSyncAcknowledge) }
    guard let pool6 = try globals().prefix6(.pool6) else { return nil }
    return try SessionFeed(of: self, pool6: pool6)
  }

  /// Makes another netlink socket receive the module's multicasts of sessions.
  /// - Parameter socket: The socket. Its receive buffer should be large before the messages arrive.
  /// - Throws: `JoolError.netlinkLibrary` with libnl's text, and `.malformedAnswer` if the module has no such group.
  package func joinSyncGroup(_ socket: borrowing NetlinkSocket) throws(JoolError) {
    guard let group = family.group(named: Self.syncGroup) else {
      throw .malformedAnswer(.missing(field: "multicast group joold"))
    }
    try socket.join(group: group)
  }
}

extension JoolClient where Transport == UnixSocket {
  /// Listens to the sessions that the program stores or refreshes from now on.
  ///
  /// Blocks until the program has answered. What it sends is to be read soon: what does not fit into the socket's
  /// buffer is lost, and the feed has `SessionFeed.Event.overrun` instead.
  /// - Returns: The feed, or `nil` if the instance has no pool6.
  /// - Throws: The errors that all calls have in common.
  public mutating func sessionFeed() throws(JoolError) -> SessionFeed? {
    guard let pool6 = try globals().prefix6(.pool6) else { return nil }
    return try SessionFeed(of: self, pool6: pool6)
  }
}
