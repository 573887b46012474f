/// The transport protocols for which a NAT64 keeps tables; ICMP counts as one (RFC 6146 §3.1).
///
/// The kernel's `l4_protocol`.
public enum L4Protocol: UInt8, CaseIterable, Hashable, Sendable, LosslessStringConvertible, Codable {
  /// TCP.
  case tcp = 0
  /// UDP.
  case udp = 1
  /// ICMP and ICMPv6.
  case icmp = 2

  /// Parses `TCP`, `UDP` or `ICMP`, in upper or lower case.
  ///
  /// `nil` for any other text.
  public init?(_ text: some StringProtocol) {
    let name = text.uppercased()
    guard let proto = Self.allCases.first(where: { $0.description == name }) else { return nil }
    self = proto
  }

  /// `TCP`, `UDP` or `ICMP`.
  public var description: String { text }

  /// Decodes the text form.
  ///
  /// - Throws: `DecodingError.dataCorrupted` with the field and the text, if the text has another form.
  public init(from decoder: any Decoder) throws { self = try decoder.decodeText { Self($0) } }

  /// Encodes the text form.
  public func encode(to encoder: any Encoder) throws { try encoder.encodeText(description) }
}

extension L4Protocol: TextForm {
  /// The size of `ICMP`.
  package static var textCapacity: Int { 4 }

  /// Appends the name.
  package func write(to text: inout OutputSpan<UInt8>) {
    switch self {
    case .tcp: text.write("TCP")
    case .udp: text.write("UDP")
    case .icmp: text.write("ICMP")
    }
  }
}

/// The state of a TCP session (RFC 6146 §3.5.2).
///
/// The kernel's `tcp_state`; 0 for UDP and ICMP.
///
/// The set of values is open, because the module stores and shows any value that a peer sends.
public struct TCPState: RawRepresentable, Hashable, Sendable, CustomStringConvertible, Codable {
  /// The kernel's number of the state.
  public let rawValue: UInt8

  /// Creates a state from the kernel's number.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// ESTABLISHED: both sides have sent a SYN.
  ///
  /// Also the value for UDP and ICMP.
  public static let established = TCPState(rawValue: 0)
  /// V6_INIT: only the IPv6 node has sent a SYN.
  public static let v6Init = TCPState(rawValue: 1)
  /// V4_INIT: only the IPv4 node has sent a SYN.
  public static let v4Init = TCPState(rawValue: 2)
  /// V4_FIN_RCV: only the IPv4 node has sent a FIN.
  public static let v4FinRcv = TCPState(rawValue: 3)
  /// V6_FIN_RCV: only the IPv6 node has sent a FIN.
  public static let v6FinRcv = TCPState(rawValue: 4)
  /// V4_FIN_V6_FIN_RCV: both nodes have sent a FIN.
  public static let v4FinV6FinRcv = TCPState(rawValue: 5)
  /// TRANS: a node has sent a RST.
  public static let trans = TCPState(rawValue: 6)

  private static let names: [StaticString] = [
    "ESTABLISHED", "V6_INIT", "V4_INIT", "V4_FIN_RCV", "V6_FIN_RCV", "V4_FIN_V6_FIN_RCV", "TRANS",
  ]

  /// Whether this is a state of RFC 6146.
  public var isKnown: Bool { rawValue < Self.names.count }

  /// The state's name in RFC 6146 with underscores, or `UNKNOWN`.
  public var description: String { text }

  /// The states of RFC 6146, in the order of their numbers.
  package static let named = names.indices.map { TCPState(rawValue: UInt8($0)) }

  /// Decodes a name, or the number of a value without a name.
  ///
  /// - Throws: `DecodingError.dataCorrupted` with the field and the text, for any other text.
  public init(from decoder: any Decoder) throws { self = try decoder.decodeNameOrNumber(Self.named) }

  /// Encodes the name, or the number of a value without a name.
  public func encode(to encoder: any Encoder) throws { try encoder.encodeNameOrNumber(self, Self.named) }
}

extension TCPState: TextForm {
  /// The size of `V4_FIN_V6_FIN_RCV`.
  package static var textCapacity: Int { 17 }

  /// Appends the name.
  package func write(to text: inout OutputSpan<UInt8>) { text.write(isKnown ? Self.names[Int(rawValue)] : "UNKNOWN") }
}

/// The timeout that applies to a session.
///
/// The kernel's `session_timer_type`; 0 for UDP and ICMP.
public struct SessionTimer: RawRepresentable, Hashable, Sendable, CustomStringConvertible, Codable {
  /// The kernel's number of the timer.
  public let rawValue: UInt8

  /// Creates a timer from the kernel's number.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The timer of `tcp-est-timeout`, `udp-timeout` or `icmp-timeout`.
  public static let established = SessionTimer(rawValue: 0)
  /// The timer of `tcp-trans-timeout`.
  public static let transitory = SessionTimer(rawValue: 1)
  /// The timer of an IPv4 SYN that waits for its IPv6 counterpart: 6 seconds, not configurable (RFC 6146 §4,
  /// TCP_INCOMING_SYN).
  public static let incomingSYN = SessionTimer(rawValue: 2)

  private static let named = [established, transitory, incomingSYN]

  /// Whether this is a timer of the module.
  public var isKnown: Bool { Self.named.contains(self) }

  /// `EST`, `TRANS`, `SYN4`, or the number of an unknown timer.
  public var description: String {
    switch self {
    case .established: "EST"
    case .transitory: "TRANS"
    case .incomingSYN: "SYN4"
    default: "\(rawValue)"
    }
  }

  /// Decodes a name, or the number of a value without a name.
  ///
  /// - Throws: `DecodingError.dataCorrupted` with the field and the text, for any other text.
  public init(from decoder: any Decoder) throws { self = try decoder.decodeNameOrNumber(Self.named) }

  /// Encodes the name, or the number of a value without a name.
  public func encode(to encoder: any Encoder) throws { try encoder.encodeNameOrNumber(self, Self.named) }
}
