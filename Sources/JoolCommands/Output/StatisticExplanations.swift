/// Explanations of the module's counters, with advice for operators.
///
/// One line for each, written for this project.
enum StatisticExplanations {
  /// The explanation of a counter: one line without double quotes, because CSV encloses it in them.
  static func text(of name: String) -> String { table[name] ?? "This program has no explanation of this counter." }

  private static let table: [String: String] = traffic.merging(dropped) { $1 }.merging(stateful) { $1 }
    .merging(translation) { $1 }.merging(output) { $1 }.merging(synchronization) { $1 }

  /// Totals and gauges.
  private static let traffic: [String: String] = [
    "JSTAT_RECEIVED6": "IPv6 packets that reached the instance.",
    "JSTAT_RECEIVED4": "IPv4 packets that reached the instance.",
    "JSTAT_SUCCESS": "Packets that were translated. They need not have arrived.",
    "JSTAT_BIB_ENTRIES": "BIB entries that exist now. It restarts at 0 after `file handle`, although they stay.",
    "JSTAT_SESSIONS": "Sessions that exist now. It restarts at 0 after `file handle`, although they stay.",
    "JSTAT_ENOMEM": "Memory allocations that failed. Is this machine short of memory?",
    "JSTAT_UNKNOWN": "Packets dropped because of a bug in the module. Please report it to Jool.",
  ]

  /// The packets that either type of translator rejects before the translation.
  private static let dropped: [String: String] = [
    "JSTAT_XLATOR_DISABLED": "Packets not translated because manually-enabled is off.",
    "JSTAT_POOL6_UNSET": "Packets not translated because pool6 is not set.",
    "JSTAT_SKB_SHARED": "Packets whose buffer another part of the kernel shared, so it could not be changed.",
    "JSTAT_L3HDR_OFFSET": "Packets whose network header was not where the kernel should have put it.",
    "JSTAT_SKB_TRUNCATED": "Packets that end inside a header.",
    "JSTAT_FRAGMENTED_PING": "ICMP echoes in fragments, which this release does not translate.",
    "JSTAT_HDR6": "IPv6 packets with an impossible header field, such as another version.",
    "JSTAT_HDR4": "IPv4 packets with an impossible header field, such as another version.",
    "JSTAT_UNKNOWN_L4_PROTO": "Packets that are not TCP, UDP or ICMP. A NAT64 translates nothing else.",
    "JSTAT_UNKNOWN_ICMP6_TYPE": "ICMPv6 messages whose type or code ICMPv4 does not have.",
    "JSTAT_UNKNOWN_ICMP4_TYPE": "ICMPv4 messages whose type or code ICMPv6 does not have.",
    "JSTAT_DOUBLE_ICMP6_ERROR": "ICMPv6 errors about an ICMPv6 error, which no host should send.",
    "JSTAT_DOUBLE_ICMP4_ERROR": "ICMPv4 errors about an ICMPv4 error, which no host should send.",
    "JSTAT_UNKNOWN_PROTO_INNER": "ICMP errors about a packet that is not TCP, UDP or ICMP.",
    "JSTAT_ICMPEXT_SMALL": "ICMP errors with an extension that leaves too little of the original packet.",
    "JSTAT_ICMPEXT_BIG": "ICMP errors whose header claims more bytes of the original packet than there are.",
  ]

  /// The counters that only NAT64s have.
  private static let stateful: [String: String] = [
    "JSTAT_HAIRPIN_LOOP":
      "IPv6 packets whose source is inside pool6. Renumber that client, or use a pool6 that no client is in.",
    "JSTAT_POOL6_MISMATCH":
      "IPv6 packets whose destination is outside pool6. They are not for the translator.",
    "JSTAT_POOL4_MISMATCH":
      "IPv4 packets whose destination is not in pool4. Normal with netfilter; with iptables, rules and pool4 disagree.",
    "JSTAT_ICMP6_FILTER": "Packets dropped by drop-icmpv6-info.",
    "JSTAT_UNTRANSLATABLE_DST6": "IPv6 packets whose destination cannot be translated with pool6.",
    "JSTAT_UNTRANSLATABLE_DST4": "IPv4 packets whose source cannot be translated with pool6.",
    "JSTAT_6056_F": "Packets for which the hash that chooses a port (f-args) could not be computed.",
    "JSTAT_MASK_DOMAIN_NOT_FOUND": "IPv6 packets whose protocol and mark have no entry in pool4. Add one: pool4 add.",
    "JSTAT_BIB6_NOT_FOUND": "IPv6 packets without a BIB entry for which none could be created. Is pool4 used up?",
    "JSTAT_BIB4_NOT_FOUND": "IPv4 packets without a BIB entry. No client of the NAT64 uses that address and port.",
    "JSTAT_SESSION_NOT_FOUND": "ICMP errors about packets that have no session.",
    "JSTAT_ADF": "Packets dropped by address-dependent-filtering.",
    "JSTAT_V4_SYN": "Packets dropped by drop-externally-initiated-tcp.",
    "JSTAT_SYN6_EXPECTED":
      "IPv6 TCP packets without SYN and without session. After a failover, many show that sessions were missing.",
    "JSTAT_SYN4_EXPECTED":
      "IPv4 TCP packets without SYN and without session. After a failover, many show that sessions were missing.",
    "JSTAT_TYPE1PKT": "SYNs of the first kind that were stored until the other side opens the connection, too.",
    "JSTAT_TYPE2PKT": "SYNs of the second kind that were stored until the other side opens the connection, too.",
    "JSTAT_SO_EXISTS": "SYNs dropped because one of the same connection is stored already.",
    "JSTAT_SO_FULL": "SYNs dropped because the store was full. It holds maximum-simultaneous-opens.",
  ]

  /// The packets that cannot be translated from IPv6 to IPv4 (64), or from IPv4 to IPv6 (46).
  private static let translation: [String: String] = [
    "JSTAT64_SRC": "IPv6 packets whose source is neither in pool6 nor in the EAMT, or becomes a denylist4 address.",
    "JSTAT64_DST":
      "IPv6 packets whose destination is neither in pool6 nor in the EAMT, or becomes a denylist4 address.",
    "JSTAT64_PSKB_COPY": "IPv6 packets dropped because there was no memory for their translation.",
    "JSTAT64_6791_ENOENT":
      "ICMPv6 errors from an untranslatable router, and no IPv4 source for them. Set rfc6791v4-prefix.",
    "JSTAT64_ICMP_CSUM": "ICMPv6 errors with a wrong checksum.",
    "JSTAT64_UNTRANSLATABLE_PARAM_PROB_PTR": "ICMPv6 Parameter Problems that point at a field that IPv4 does not have.",
    "JSTAT64_TTL": "IPv6 packets that end here because their hop limit was 0 or 1.",
    "JSTAT64_FRAGMENTED_ICMP": "ICMPv6 messages in fragments, whose checksum cannot be translated.",
    "JSTAT64_2XFRAG": "IPv6 packets with two fragment headers.",
    "JSTAT64_FRAG_THEN_EXT": "IPv6 packets with another extension header after the fragment header.",
    "JSTAT64_SEGMENTS_LEFT": "IPv6 packets with a routing header that has segments left.",
    "JSTAT46_SRC": "IPv4 packets whose source is on denylist4, or has neither pool6 nor EAMT entry.",
    "JSTAT46_DST": "IPv4 packets whose destination is on denylist4, or has neither pool6 nor EAMT entry.",
    "JSTAT46_PSKB_COPY": "IPv4 packets dropped because there was no memory for their translation.",
    "JSTAT46_6791_ENOENT":
      "ICMPv4 errors from an untranslatable router, and no IPv6 source for them. Set rfc6791v6-prefix.",
    "JSTAT46_ICMP_CSUM": "ICMPv4 errors with a wrong checksum.",
    "JSTAT46_UNTRANSLATABLE_PARAM_PROBLEM_PTR":
      "ICMPv4 Parameter Problems that point at a field that IPv6 does not have.",
    "JSTAT46_TTL": "IPv4 packets that end here because their TTL was 0 or 1.",
    "JSTAT46_FRAGMENTED_ICMP": "ICMPv4 messages in fragments, whose checksum cannot be translated.",
    "JSTAT46_SRC_ROUTE": "IPv4 packets with a source route that is not finished.",
    "JSTAT46_FRAGMENTED_ZERO_CSUM":
      "IPv4 UDP packets without checksum. amend-udp-checksum-zero helps whole packets, but not fragments.",
    "JSTAT46_BAD_MTU": "Packets for an interface whose MTU is below the 1280 bytes that IPv6 requires. Raise the MTU.",
  ]

  /// The results of sending translated packets, and the translator's own ICMP errors.
  private static let output: [String: String] = [
    "JSTAT_FAILED_ROUTES": "Translated packets for whose destination the kernel has no route.",
    "JSTAT_PKT_TOO_BIG": "Translated packets that exceed the outgoing MTU. This is normal; ICMP errors inform senders.",
    "JSTAT_DST_OUTPUT": "Translated packets that the kernel refused to send. Check firewall rules and queues.",
    "JSTAT_ICMP6ERR_SUCCESS": "ICMPv6 errors that the translator made and sent.",
    "JSTAT_ICMP6ERR_FAILURE": "ICMPv6 errors that the translator made and could not send.",
    "JSTAT_ICMP4ERR_SUCCESS": "ICMPv4 errors that the translator made and sent.",
    "JSTAT_ICMP4ERR_FAILURE": "ICMPv4 errors that the translator made and could not send.",
  ]

  /// Session synchronization, between the module and the proxy.
  private static let synchronization: [String: String] = [
    "JSTAT_JOOLD_EMPTY": "Checks of the queue of sessions that found it empty.",
    "JSTAT_JOOLD_TIMEOUT": "Batches sent because ss-flush-deadline had passed. If they are many, is the proxy running?",
    "JSTAT_JOOLD_MISSING_ACK": "Batches held back because the proxy has not acknowledged the last one. Is it running?",
    "JSTAT_JOOLD_AD_ONGOING": "Batches sent because the whole table is being advertised.",
    "JSTAT_JOOLD_FLUSH_ASAP": "Batches sent at once because of ss-flush-asap.",
    "JSTAT_JOOLD_PKT_FULL": "Batches sent because they were full.",
    "JSTAT_JOOLD_QUEUING": "Batches held back because they had room left.",
    "JSTAT_JOOLD_SSS_QUEUED": "Sessions put into the queue.",
    "JSTAT_JOOLD_SSS_SENT": "Sessions sent to the proxy.",
    "JSTAT_JOOLD_SSS_RCVD": "Session records received from the proxy, valid or not.",
    "JSTAT_JOOLD_SSS_ENOSPC":
      "Sessions dropped because the queue already held ss-capacity. Raise it, or check why the proxy is slow.",
    "JSTAT_JOOLD_PKT_SENT": "Batches sent to the proxy.",
    "JSTAT_JOOLD_PKT_RCVD": "Batches received from the proxy.",
    "JSTAT_JOOLD_ADS": "Advertisements of the whole table that were started.",
    "JSTAT_JOOLD_ACKS": "Acknowledgements received from the proxy.",
  ]
}
