internal import BenchmarkSupport
internal import JoolCore
internal import JoolSession

/// The announcements of a module whose sessions have just had a packet.
struct Traffic {
  static let format = RecordLayout.packed36
  /// The number of sessions per message of the module, and per datagram of a proxy.
  static let recordsPerDatagram = format.records(fitting: 1452)
  /// The time between two messages of the module under load.
  ///
  /// It makes the proxy send a hello now and then, without which peers accept only some thousand updates.
  static let pause = TimeAmount.microseconds(50)
  /// Timeouts so long that no session expires between two packets, and a refresh is due after half an hour.
  static let limits = {
    var limits = SessionLimits()
    (limits.udp, limits.icmp) = (limits.tcpEstablished, limits.tcpEstablished)
    return limits
  }()

  let workload: Workload
  /// The records of the module's messages.
  let announcements: [[UInt8]]

  init(count: Int) {
    let workload = Workload(count: count, sessionsPerClient: 1)
    self.workload = workload
    announcements = stride(from: 0, to: count, by: Self.recordsPerDatagram).map { first in
      Self.format.encode(
        (first..<min(first + Self.recordsPerDatagram, count)).map {
          var session = workload.session($0)
          session.timer = session.proto == .tcp ? .established : session.timer
          session.state = .established
          session.expiration = Self.limits.timeout(of: session)
          return session
        })
    }
  }

  /// The records of a message with one session, as the module sends it under light load.
  func single(_ number: Int) -> [UInt8] { Self.format.encode([workload.session(number)]) }
}
