public import JoolCore

/// The instance's timeouts: no session may live longer than a fresh one would.
///
/// The module does not bound what a peer tells it; an expiration from 0x80000000 up makes a session immortal.
public struct SessionLimits: Hashable, Sendable {
  public var tcpEstablished: Milliseconds
  public var tcpTransitory: Milliseconds
  public var udp: Milliseconds
  public var icmp: Milliseconds

  /// RFC 6146 §4: TCP_INCOMING_SYN, not configurable.
  static let tcpIncomingSYN = Milliseconds(6000)

  /// Timeouts among `globals`; Jool's defaults for those that are missing.
  public init(globals: [GlobalSetting] = []) {
    tcpEstablished = globals.timeout("tcp-est-timeout") ?? Milliseconds(7_200_000)
    tcpTransitory = globals.timeout("tcp-trans-timeout") ?? Milliseconds(240_000)
    udp = globals.timeout("udp-timeout") ?? Milliseconds(300_000)
    icmp = globals.timeout("icmp-timeout") ?? Milliseconds(60_000)
  }

  /// The timeout a session of this protocol and timer starts with.
  public func timeout(of session: SessionEntry) -> Milliseconds {
    switch (session.proto, session.timer) {
    case (.udp, _): udp
    case (.icmp, _): icmp
    case (.tcp, .established): tcpEstablished
    case (.tcp, .incomingSYN): Self.tcpIncomingSYN
    case (.tcp, _): tcpTransitory
    }
  }
}
