/// The transport protocols a NAT64 keeps tables for; ICMP counts as one (RFC 6146 §3.1). The kernel's `l4_protocol`.
public enum L4Protocol: UInt8, CaseIterable, Hashable, Sendable, CustomStringConvertible {
  case tcp = 0
  case udp = 1
  case icmp = 2

  public var description: String {
    switch self {
    case .tcp: "TCP"
    case .udp: "UDP"
    case .icmp: "ICMP"
    }
  }
}

/// Where a TCP session stands (RFC 6146 §3.5.2). The kernel's `tcp_state`; 0 for UDP and ICMP.
///
/// Not a closed set: the module stores and shows what a peer sent it.
public struct TCPState: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
  public let rawValue: UInt8

  public init(rawValue: UInt8) { self.rawValue = rawValue }

  public static let established = TCPState(rawValue: 0)
  public static let v6Init = TCPState(rawValue: 1)
  public static let v4Init = TCPState(rawValue: 2)
  public static let v4FinRcv = TCPState(rawValue: 3)
  public static let v6FinRcv = TCPState(rawValue: 4)
  public static let v4FinV6FinRcv = TCPState(rawValue: 5)
  public static let trans = TCPState(rawValue: 6)

  private static let names = [
    "ESTABLISHED", "V6_INIT", "V4_INIT", "V4_FIN_RCV", "V6_FIN_RCV", "V4_FIN_V6_FIN_RCV", "TRANS",
  ]

  /// Whether this is one of RFC 6146's states.
  public var isKnown: Bool { rawValue < Self.names.count }

  public var description: String { isKnown ? Self.names[Int(rawValue)] : "UNKNOWN" }
}

/// Which timeout a session lives by. The kernel's `session_timer_type`; 0 for UDP and ICMP.
public struct SessionTimer: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
  public let rawValue: UInt8

  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// `tcp-est-timeout`, `udp-timeout` or `icmp-timeout`.
  public static let established = SessionTimer(rawValue: 0)
  /// `tcp-trans-timeout`.
  public static let transitory = SessionTimer(rawValue: 1)
  /// An IPv4 SYN waits for its IPv6 counterpart: 6 seconds, not configurable (RFC 6146 §4, TCP_INCOMING_SYN).
  public static let incomingSYN = SessionTimer(rawValue: 2)

  /// Whether this is one of the module's timers.
  public var isKnown: Bool { rawValue <= 2 }

  public var description: String {
    switch self {
    case .established: "EST"
    case .transitory: "TRANS"
    case .incomingSYN: "SYN4"
    default: "\(rawValue)"
    }
  }
}
