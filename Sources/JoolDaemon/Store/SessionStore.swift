public import JoolSession
public import Logging

/// What a proxy keeps equal with its peers: a module's table (`ModuleStore`), or nothing but its own (`MirrorStore`).
///
/// A store moves bytes. `SessionProxy` decides what is read and written, and when.
public protocol SessionStore: ~Copyable {
  /// Adds the descriptors that poll(2) should wait for.
  func watch(_ poller: inout Poller)

  /// The time of the next `check(_:log:)`.
  var nextCheck: Instant { get }

  /// Passes the store's messages to the proxy.
  /// - Parameters:
  ///   - proxy: the proxy that gets the messages.
  ///   - poller: the result of poll(2).
  ///   - buffer: room for a message.
  ///   - now: the time at which poll(2) returned.
  ///   - log: the log of the proxy.
  mutating func receive(
    into proxy: inout SessionProxy, ready poller: borrowing Poller, _ buffer: inout [UInt8], now: Instant, log: Logger)

  /// Discards the messages that have been waiting, whose age is unknown.
  mutating func discardMessages(of proxy: inout SessionProxy, _ buffer: inout [UInt8], log: Logger)

  /// Carries out the proxy's requests, until there is none or one has ended the turn.
  ///
  /// Blocks until the store has answered.
  /// - Returns: the time after the last request; `now` if there was none.
  mutating func serve(_ proxy: inout SessionProxy, now: Instant, log: Logger) -> Instant

  /// Looks whether the store is there, and passes what it finds to the proxy.
  mutating func check(_ proxy: inout SessionProxy, log: Logger)

  /// Does what must be done when the proxy ends.
  ///
  /// It has left the group. May block for seconds.
  mutating func end(_ proxy: inout SessionProxy, log: Logger)
}

extension SessionStore where Self: ~Copyable {
  /// Does nothing.
  public mutating func end(_ proxy: inout SessionProxy, log: Logger) {}
}

/// The limits of one turn of the event loop.
public enum TurnBudget {
  /// The maximum number of messages that are taken from one descriptor, and of requests that are carried out, so that
  /// the other descriptors have their turn soon.
  ///
  /// From each link one batch of that many datagrams is read.
  public static let messages = 64
}
