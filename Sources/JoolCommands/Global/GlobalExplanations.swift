/// What the global variables do to traffic, and where they come from.
///
/// Written for this project. The lines are broken for a terminal.
enum GlobalExplanations {
  typealias Entry = (effect: String, source: String?)

  static let table: [String: Entry] = translation.merging(siit) { $1 }.merging(filtering) { $1 }
    .merging(timeouts) { $1 }.merging(logging) { $1 }.merging(synchronization) { $1 }

  /// The units of integers whose type does not tell them.
  static let units = [
    "lowest-ipv6-mtu": "bytes", "maximum-simultaneous-opens": "packets", "ss-flush-deadline": "milliseconds",
    "ss-capacity": "sessions", "ss-max-payload": "bytes", "ss-max-sessions-per-packet": "sessions",
  ]

  /// What the default was in older modules.
  static let formerDefaults = [
    "ss-flush-asap": "true before module 4.1.13", "ss-max-sessions-per-packet": "10 before module 4.1.13",
  ]

  private static let translation: [String: Entry] = [
    "manually-enabled": (
      """
      Whether the instance translates. While it is off, packets pass the instance as if it did not
      exist; tables and timers stay.
      """, nil
    ),
    "pool6": (
      """
      The IPv6 prefix that stands for the IPv4 Internet. A NAT64 translates the IPv6 packets whose
      destination is in it. A NAT64's prefix cannot be changed, because its sessions contain it.
      """, "RFC 6052 §2.1"
    ),
    "lowest-ipv6-mtu": (
      """
      The smallest MTU of the IPv6 side. IPv4 packets that may be fragmented are cut to this size, so
      that the IPv6 routers never have to drop them.
      """, "RFC 7915 §4"
    ),
    "zeroize-traffic-class": (
      """
      Whether IPv6 packets get the traffic class 0. Otherwise they get the TOS of the IPv4 packet, so
      that its DSCP and ECN stay.
      """, "RFC 7915 §4.1"
    ),
    "override-tos": (
      """
      Whether IPv4 packets get the value of tos. Otherwise they get the traffic class of the IPv6
      packet, so that its DSCP and ECN stay.
      """, "RFC 7915 §5.1"
    ),
    "tos": ("The TOS of IPv4 packets while override-tos is on.", "RFC 7915 §5.1"),
    "mtu-plateaus": (
      """
      The sizes to choose from when an old IPv4 router reports that a packet is too large, but not
      what would fit. The sender is told the greatest size below that of its packet.
      """, "RFC 1191 §7, RFC 7915 §4.2"
    ),
  ]

  private static let siit: [String: Entry] = [
    "amend-udp-checksum-zero": (
      """
      Whether the checksum of an IPv4 UDP packet without one is computed. Otherwise such packets are
      dropped, because UDP over IPv6 needs a checksum. Fragments are dropped in any case.
      """, "RFC 7915 §4.5"
    ),
    "eam-hairpin-mode": (
      """
      How two nodes that both have an entry in the EAMT reach each other by their IPv4 addresses.
      off: not at all. simple: the packet's IPv6 source is looked up in pool6 only. intrinsic: the
      translator recognizes such packets by itself, so that both nodes see the right addresses.
      """, "RFC 7757 §4.2"
    ),
    "randomize-rfc6791-addresses": (
      """
      Whether the IPv4 source of an ICMP error is a random address of rfc6791v4-prefix. Otherwise the
      hop limit selects the address. Random addresses make loops in a traceroute unlikely.
      """, "RFC 6791 §5"
    ),
    "rfc6791v6-prefix": (
      """
      The IPv6 addresses that stand for IPv4 routers in ICMPv6 errors whose source cannot be
      translated. Without it, the translator's own address is used.
      """, nil
    ),
    "rfc6791v4-prefix": (
      """
      The IPv4 addresses that stand for IPv6 routers in ICMP errors whose source cannot be
      translated. Without it, the translator's own address is used.
      """, "RFC 6791 §5"
    ),
  ]

  private static let filtering: [String: Entry] = [
    "address-dependent-filtering": (
      """
      Whether an IPv4 node reaches a client's mask only after the client has sent that node a packet.
      Otherwise every IPv4 node reaches it, which peer-to-peer programs and games need.
      """, "RFC 6146 §3.5, RFC 4787 §5"
    ),
    "drop-externally-initiated-tcp": (
      """
      Whether TCP connections that IPv4 nodes begin are refused, also those to masks that exist.
      Servers with a static BIB entry cannot be reached by TCP then.
      """, "RFC 6146 §3.5.2"
    ),
    "drop-icmpv6-info": (
      "Whether pings that come from IPv6 are dropped. Errors, such as Packet Too Big, still pass.",
      "RFC 6146 §3.5.3"
    ),
    "source-icmpv6-errors-better": (
      """
      Whether ICMPv6 errors that come from an IPv4 router have its translated address as source, so
      that a traceroute shows the router. Otherwise the translator's own address is the source.
      """, nil
    ),
    "f-args": (
      """
      The fields of a packet that decide which mask a new client gets, as a sum: 8 the IPv6 source
      address, 4 its port, 2 the destination address, 1 its port. Without 4, the ports of a client's
      connections to one server are near each other; fewer fields need less time to find a free mask.
      """, "RFC 6056 §3.3.3"
    ),
    "handle-rst-during-fin-rcv": (
      """
      Whether a RST ends a TCP connection that one side has closed already, after tcp-trans-timeout.
      Otherwise the session stays for tcp-est-timeout. Browsers close in this way.
      """, "RFC 6146 §3.5.2.2"
    ),
    "maximum-simultaneous-opens": (
      """
      How many first packets of TCP connections that IPv4 nodes began the module stores while it
      waits for the client's packet. When there are more, the packet is dropped, and an ICMP error
      is sent.
      """, "RFC 6146 §3.5.2.2, §5.3"
    ),
  ]

  private static let timeouts: [String: Entry] = [
    "tcp-est-timeout": (
      "How long a TCP connection is kept that is open and sends nothing.", "RFC 6146 §4, RFC 5382 §5"
    ),
    "tcp-trans-timeout": (
      "How long a TCP connection is kept that is being opened or closed and sends nothing.", "RFC 6146 §4, RFC 5382 §5"
    ),
    "udp-timeout": ("How long a UDP session is kept without a packet.", "RFC 6146 §4, RFC 4787 §4.3"),
    "icmp-timeout": ("How long the session of a ping is kept without a packet.", "RFC 6146 §4, RFC 5508 §3.2"),
  ]

  private static let logging: [String: Entry] = [
    "logging-debug": (
      """
      Whether the module writes what it does with each packet into the kernel's log. This costs much
      time, so turn it on only while you look for a fault.
      """, nil
    ),
    "logging-bib": (
      """
      Whether the module writes a line into the kernel's log when a client gets a mask, and when the
      mask is free again. So one can tell later who had an address.
      """, "RFC 6888 §4"
    ),
    "logging-session": (
      """
      Whether the module writes a line into the kernel's log when a session begins and when it ends.
      This shows whom a client talked to, and is seldom needed.
      """, "RFC 6888 §4"
    ),
  ]

  private static let synchronization: [String: Entry] = [
    "ss-enabled": (
      """
      Whether the module announces sessions to a proxy and takes those of the peers. Without a proxy
      that runs (`jool session proxy`), this has no use.
      """, nil
    ),
    "ss-flush-asap": (
      """
      Whether each session is announced at once. It has no effect from module 4.1.13 on: use
      ss-flush-deadline.
      """, nil
    ),
    "ss-flush-deadline": (
      """
      How long the module waits for further sessions before it announces those that it has. With 0,
      a peer has a new session after some milliseconds; the default is too long for groups in which
      several nodes translate.
      """, nil
    ),
    "ss-capacity": (
      """
      How many sessions wait in the module until the proxy takes them. Further ones are dropped; the
      proxy notices, and reads the whole table. It has no effect before module 4.1.11.
      """, nil
    ),
    "ss-max-payload": ("The size of an announcement. It has no effect from module 4.1.11 on.", nil),
    "ss-max-sessions-per-packet": (
      """
      How many sessions an announcement contains at most. A number that is too large for the module's
      messages loses every full one, so the default should stay.
      """, nil
    ),
  ]
}
