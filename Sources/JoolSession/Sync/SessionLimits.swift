public import JoolCore

/// The session timeouts of an instance, in milliseconds.
///
/// They bound the time left of the sessions that a module is given, because the module itself does not bound it: a
/// session that is given with 0x80000000 ms or more never expires.
public struct SessionLimits: Hashable, Sendable {
  /// The timeout of established TCP connections (`tcp-est-timeout`).
  public var tcpEstablished: Milliseconds
  /// The timeout of TCP connections that are being opened or closed (`tcp-trans-timeout`).
  public var tcpTransitory: Milliseconds
  /// The timeout of UDP sessions (`udp-timeout`).
  public var udp: Milliseconds
  /// The timeout of ICMP sessions (`icmp-timeout`).
  public var icmp: Milliseconds

  /// The timeout TCP_INCOMING_SYN of RFC 6146 §4, which is not configurable.
  static let tcpIncomingSYN = Milliseconds(6000)

  /// Takes the timeouts from `globals`, and Jool's defaults for those that are missing there.
  public init(globals: [GlobalSetting] = []) {
    tcpEstablished = globals.timeout(.tcpEstTimeout) ?? Milliseconds(7_200_000)
    tcpTransitory = globals.timeout(.tcpTransTimeout) ?? Milliseconds(240_000)
    udp = globals.timeout(.udpTimeout) ?? Milliseconds(300_000)
    icmp = globals.timeout(.icmpTimeout) ?? Milliseconds(60_000)
  }

  /// The timeout that a session with this protocol and timer starts with.
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
