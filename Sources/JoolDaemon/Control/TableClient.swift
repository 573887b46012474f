internal import CLinux
internal import Glibc
internal import JoolCore
internal import JoolSession

/// A client of a `TableSocket`: its connection, and what it has not read yet.
///
/// It has at most one request at a time: while answers wait to be read, its next request is not read.
final class TableClient {
  private let socket: OwnedDescriptor
  var responder: ModuleResponder
  /// The answers that did not fit into the socket's buffer.
  private var answers: ArraySlice<[UInt8]> = []
  /// Whether messages for a follower were lost, and it was not told so yet.
  private var hasMissed = false
  /// The time since which nothing fits into the socket's buffer.
  private var blockedSince: Instant?
  /// Whether the event loop waits for room for output, and not for input.
  var isWatchedForOutput = false
  /// The time of the last request.
  private(set) var lastRequest: Instant

  /// The time after which a client that reads nothing is disconnected.
  private static let timeout = TimeAmount.seconds(10)
  /// The same for a follower, whose reader may be a pager.
  private static let followerTimeout = TimeAmount.seconds(300)

  /// - `isTrusted`: whether the client may have the table advertised.
  /// - `family`: the number of the netlink family that the client is told.
  init(_ socket: consuming OwnedDescriptor, isTrusted: Bool, family: UInt16, now: Instant) {
    self.socket = socket
    // The profile is set before each request.
    let nobody = InstanceEntry(namespace: 0, framework: .netfilter, name: .default)
    responder = ModuleResponder(
      profile: ModuleProfile(instance: nobody, pool6: nil), family: family, mayAdvertise: isTrusted)
    lastRequest = now
  }

  var descriptor: Int32 { socket.rawValue }

  var isFollower: Bool { responder.isFollowing }

  /// Whether something waits until the client reads.
  var isBlocked: Bool { blockedSince != nil }

  /// The next datagram of the client.
  enum Input {
    case request(Int)
    case none
    /// The client is gone, or has sent more than a request can be.
    case end
  }

  /// Reads the next request into `buffer`.
  ///
  /// Does not block. Nothing is read while answers wait.
  func receive(into buffer: inout [UInt8], now: Instant) -> Input {
    guard answers.isEmpty else { return .none }
    let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT) | Int32(MSG_TRUNC))
    if count < 0 { return errno == EAGAIN || errno == EINTR ? .none : .end }
    // An empty datagram cannot be told from the end, and is no request either.
    guard 1...buffer.count ~= count else { return .end }
    lastRequest = now
    return .request(count)
  }

  /// Sends answers, or keeps those that do not fit.
  ///
  /// Does not block.
  /// - Returns: false if the client is gone.
  func answer(_ datagrams: [[UInt8]], now: Instant) -> Bool {
    answers += datagrams
    return flush(now: now)
  }

  /// Sends what waits, as much as fits.
  ///
  /// - Returns: false if the client is gone.
  func flush(now: Instant) -> Bool {
    if hasMissed {
      switch send(NetlinkReply.overrun, now: now) {
      case .sent: hasMissed = false
      case .full: return true
      case .gone: return false
      }
    }
    while let next = answers.first {
      switch send(next, now: now) {
      case .sent: answers.removeFirst()
      case .full: return true
      case .gone: return false
      }
    }
    answers = []
    return true
  }

  /// Sends messages to a follower.
  ///
  /// If it does not read fast enough, they are lost, and it is told so later.
  /// - `isCut`: whether some are lost already.
  /// - Returns: the number of messages that are lost; `nil` if the client is gone.
  func announce(_ messages: [[UInt8]], isCut: Bool, now: Instant) -> Int? {
    var lost = 0
    for message in messages {
      guard !hasMissed, answers.isEmpty else {
        hasMissed = true
        lost += 1
        continue
      }
      switch send(message, now: now) {
      case .sent: continue
      case .full:
        hasMissed = true
        lost += 1
      case .gone: return nil
      }
    }
    guard isCut else { return lost }
    hasMissed = true
    return flush(now: now) ? lost : nil
  }

  /// Whether the client has read nothing for too long.
  func isStuck(now: Instant) -> Bool {
    blockedSince.map { now - $0 >= (isFollower ? Self.followerTimeout : Self.timeout) } ?? false
  }

  private enum Outcome { case sent, full, gone }

  private func send(_ datagram: [UInt8], now: Instant) -> Outcome {
    guard Glibc.send(descriptor, datagram, datagram.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL)) < 0 else {
      blockedSince = nil
      return .sent
    }
    guard errno == EAGAIN || errno == EINTR || errno == ENOBUFS else { return .gone }
    blockedSince = blockedSince ?? now
    return .full
  }
}
