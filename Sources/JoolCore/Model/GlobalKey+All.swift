/// The variables of Jool's 4.1 releases, for look-ups like `settings[.udpTimeout]`.
///
/// Their meaning is that of Jool's documentation of `global`. Integers have no unit unless one is named.
extension GlobalKey {
  /// `manually-enabled`: whether the instance translates packets.
  public static let manuallyEnabled = GlobalKey(1, "manually-enabled", .boolean)
  /// `pool6`: the IPv6 prefix that represents the IPv4 Internet (RFC 6052).
  public static let pool6 = GlobalKey(2, "pool6", .prefix6)
  /// `lowest-ipv6-mtu`: the smallest MTU of the IPv6 network, in bytes.
  public static let lowestIPv6MTU = GlobalKey(3, "lowest-ipv6-mtu", .unsigned32, least: 1280)
  /// `logging-debug`: whether the module logs each packet, for debugging.
  public static let loggingDebug = GlobalKey(4, "logging-debug", .boolean)
  /// `zeroize-traffic-class`: whether IPv6 packets get traffic class 0 instead of the IPv4 packet's TOS.
  public static let zeroizeTrafficClass = GlobalKey(5, "zeroize-traffic-class", .boolean)
  /// `override-tos`: whether IPv4 packets get `tos` instead of the IPv6 packet's traffic class.
  public static let overrideTOS = GlobalKey(6, "override-tos", .boolean)
  /// `tos`: the TOS of IPv4 packets while `overrideTOS` is on.
  public static let tos = GlobalKey(7, "tos", .unsigned8(max: .max))
  /// `mtu-plateaus`: the MTUs, in bytes, among which the module chooses when a router reports none (RFC 1191 §7).
  public static let mtuPlateaus = GlobalKey(8, "mtu-plateaus", .plateaus)
  /// `amend-udp-checksum-zero`: whether the module computes the missing checksum of IPv4 UDP packets, or else
  /// drops them.
  public static let amendUDPChecksumZero = GlobalKey(9, "amend-udp-checksum-zero", .boolean, .siit)
  /// `eam-hairpin-mode`: the hairpinning mode of the EAMT (RFC 7757 §4.2): 0 off, 1 simple, 2 intrinsic.
  public static let eamHairpinMode = GlobalKey(10, "eam-hairpin-mode", .hairpinMode, .siit)
  /// `randomize-rfc6791-addresses`: whether the source of ICMP errors is a random address of the RFC 6791 prefix.
  public static let randomizeRFC6791Addresses = GlobalKey(11, "randomize-rfc6791-addresses", .boolean, .siit)
  /// `rfc6791v6-prefix`: the IPv6 prefix of the sources of ICMPv6 errors (RFC 6791).
  public static let rfc6791v6Prefix = GlobalKey(12, "rfc6791v6-prefix", .prefix6, .siit)
  /// `rfc6791v4-prefix`: the IPv4 prefix of the sources of ICMP errors (RFC 6791).
  public static let rfc6791v4Prefix = GlobalKey(13, "rfc6791v4-prefix", .prefix4, .siit)
  /// `address-dependent-filtering`: whether IPv4 nodes reach an IPv6 node only after it has sent them a packet
  /// (RFC 6146 §3.5).
  public static let addressDependentFiltering = GlobalKey(14, "address-dependent-filtering", .boolean, .nat64)
  /// `drop-externally-initiated-tcp`: whether TCP connections from IPv4 nodes are refused.
  public static let dropExternallyInitiatedTCP = GlobalKey(15, "drop-externally-initiated-tcp", .boolean, .nat64)
  /// `drop-icmpv6-info`: whether ICMPv6 pings are dropped.
  public static let dropICMPv6Info = GlobalKey(16, "drop-icmpv6-info", .boolean, .nat64)
  /// `source-icmpv6-errors-better`: whether ICMPv6 errors come from the address of the router that reported them.
  public static let sourceICMPv6ErrorsBetter = GlobalKey(17, "source-icmpv6-errors-better", .boolean, .nat64)
  /// `f-args`: the fields that choose a mask (RFC 6056), as four bits.
  public static let fArgs = GlobalKey(18, "f-args", .fArguments, .nat64)
  /// `handle-rst-during-fin-rcv`: whether a RST moves a half-closed connection to the transitory timeout.
  public static let handleRSTDuringFINRCV = GlobalKey(19, "handle-rst-during-fin-rcv", .boolean, .nat64)
  /// `tcp-est-timeout`: the lifetime of an idle established TCP connection.
  public static let tcpEstTimeout = GlobalKey(20, "tcp-est-timeout", .timeout, .nat64, least: 7_200_000)
  /// `tcp-trans-timeout`: the lifetime of an idle TCP connection that is opening or closing.
  public static let tcpTransTimeout = GlobalKey(21, "tcp-trans-timeout", .timeout, .nat64, least: 240_000)
  /// `udp-timeout`: the lifetime of an idle UDP session.
  public static let udpTimeout = GlobalKey(22, "udp-timeout", .timeout, .nat64, least: 120_000)
  /// `icmp-timeout`: the lifetime of an idle ICMP session.
  public static let icmpTimeout = GlobalKey(23, "icmp-timeout", .timeout, .nat64)
  /// `logging-bib`: whether the module logs the creation and end of BIB entries.
  public static let loggingBIB = GlobalKey(24, "logging-bib", .boolean, .nat64)
  /// `logging-session`: whether the module logs the creation and end of sessions.
  public static let loggingSession = GlobalKey(25, "logging-session", .boolean, .nat64)
  /// `maximum-simultaneous-opens`: the maximum number of stored packets of TCP connections that IPv4 nodes began
  /// (RFC 6146 §3.5.2).
  public static let maximumSimultaneousOpens = GlobalKey(26, "maximum-simultaneous-opens", .unsigned32, .nat64)
  /// `ss-enabled`: whether the instance exchanges sessions with peers (session synchronization).
  public static let ssEnabled = GlobalKey(27, "ss-enabled", .boolean, .nat64)
  /// `ss-flush-asap`: whether the module sends each session at once.
  ///
  /// No effect since 4.1.13.
  public static let ssFlushASAP = GlobalKey(28, "ss-flush-asap", .boolean, .nat64)
  /// `ss-flush-deadline`: the time in milliseconds after which queued sessions are sent without an acknowledgement.
  public static let ssFlushDeadline = GlobalKey(29, "ss-flush-deadline", .unsigned32, .nat64)
  /// `ss-capacity`: the maximum number of sessions in the module's queue.
  public static let ssCapacity = GlobalKey(30, "ss-capacity", .unsigned32, .nat64)
  /// `ss-max-payload`: the maximum size of a message with sessions, in bytes.
  ///
  /// No effect since 4.1.11.
  public static let ssMaxPayload = GlobalKey(31, "ss-max-payload", .unsigned32, .nat64)
  /// `ss-max-sessions-per-packet`: the maximum number of sessions in a message.
  public static let ssMaxSessionsPerPacket = GlobalKey(
    32, "ss-max-sessions-per-packet", .unsigned32, .nat64, since: ModuleVersion(4, 1, 11))
}
