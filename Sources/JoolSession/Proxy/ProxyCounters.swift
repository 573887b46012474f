/// The counters of a proxy since its start, 64 bits each.
///
/// Bytes are session records for the module, and whole datagrams for the network. This is a plain list, so its length
/// is no sign of several ideas in one type.
public struct ProxyCounters: Hashable, Sendable {
  /// The JOOLD_ADD requests given to the module, which its JSTAT_JOOLD_PKT_RCVD counts.
  public var kernelSentPackets: UInt64 = 0
  /// The bytes of the session records in these requests.
  public var kernelSentBytes: UInt64 = 0
  /// The datagrams received from peers, valid or not.
  public var networkReceivedPackets: UInt64 = 0
  /// The bytes of these datagrams.
  public var networkReceivedBytes: UInt64 = 0
  /// The datagrams sent to the group.
  public var networkSentPackets: UInt64 = 0
  /// The bytes of these datagrams.
  public var networkSentBytes: UInt64 = 0

  /// The multicast messages received from the module for this instance.
  public var kernelReceivedPackets: UInt64 = 0
  /// The bytes of the session records in these messages.
  public var kernelReceivedBytes: UInt64 = 0
  /// The sessions given to the module.
  public var sessionsAdded: UInt64 = 0
  /// The datagrams dropped as a whole, because they could not be decoded to the end.
  public var malformedDatagrams: UInt64 = 0
  /// The records dropped one by one, because their values are impossible although their structure is valid.
  public var refusedRecords: UInt64 = 0
  /// The records received in another layout than the local module's, and converted.
  public var transcodedRecords: UInt64 = 0
  /// The records that were replaced by a later one while they waited for the module.
  public var supersededRecords: UInt64 = 0
  /// The datagrams dropped because there was no room for them, because they waited too long to be sent, or because no
  /// module was seen by which they could be decoded.
  public var dropped: UInt64 = 0
  /// The number of times that the module's multicast messages overran this proxy's netlink socket.
  public var overruns: UInt64 = 0
  /// The sessions that the module dropped because its queue was full, if it counts them.
  public var queueDrops: UInt64 = 0
  /// The requests (JOOLD_ADDs and evictions) and acknowledgements that the module refused.
  public var kernelRefusals: UInt64 = 0
  /// The failed attempts to send a datagram.
  public var sendFailures: UInt64 = 0
  /// The longest turn of the event loop in microseconds.
  ///
  /// The module, peers and users waited for an answer that long.
  public var longestTurn: UInt64 = 0

  /// The datagrams from addresses that are not a configured peer's, if peers are configured.
  public var strangers: UInt64 = 0
  /// The datagrams without a seal, although this proxy has keys.
  public var unsealedDatagrams: UInt64 = 0
  /// The datagrams of another version of the protocol.
  public var otherVersions: UInt64 = 0
  /// The datagrams sealed with a key that this proxy does not have.
  public var unknownKeys: UInt64 = 0
  /// The datagrams whose seal is broken.
  public var forgedDatagrams: UInt64 = 0
  /// The sealed datagrams that are repetitions, or that were sealed by this proxy or a copy of it.
  public var replayedDatagrams: UInt64 = 0
  /// The authentic frames of senders that are not validated yet.
  public var unvalidatedStarts: UInt64 = 0
  /// The datagrams dropped because they waited in the socket for so long that their contents are outdated.
  public var stale: UInt64 = 0
  /// The number of times that this proxy detected a copy of itself and started anew.
  public var copies: UInt64 = 0
  /// The number of new starts of the seal without a new identity, after a pause, or because a peer received nothing.
  public var sealRenewals: UInt64 = 0

  /// Creates counters that are all 0.
  public init() {}

  mutating func count(_ failure: SealFailure) {
    switch failure {
    case .unsealed: unsealedDatagrams += 1
    case .malformed: malformedDatagrams += 1
    case .otherVersion: otherVersions += 1
    case .unknownKey: unknownKeys += 1
    case .forged: forgedDatagrams += 1
    case .replayed, .ownStart: replayedDatagrams += 1
    }
  }

  /// The answer of the statistics server: the six counters of joold(8), byte for byte as scripts expect them.
  public var documentedReport: String {
    Self.text(documented)
  }

  private var documented: [(String, UInt64)] {
    [
      ("KERNEL_SENT_PKTS", kernelSentPackets), ("KERNEL_SENT_BYTES", kernelSentBytes),
      ("NET_RCVD_PKTS", networkReceivedPackets), ("NET_RCVD_BYTES", networkReceivedBytes),
      ("NET_SENT_PKTS", networkSentPackets), ("NET_SENT_BYTES", networkSentBytes),
    ]
  }

  /// All counters with their names in the report.
  var named: [(String, UInt64)] {
    documented
      + [
        ("KERNEL_RCVD_PKTS", kernelReceivedPackets), ("KERNEL_RCVD_BYTES", kernelReceivedBytes),
        ("SESSIONS_ADDED", sessionsAdded), ("MALFORMED", malformedDatagrams), ("REFUSED_RECORDS", refusedRecords),
        ("TRANSCODED", transcodedRecords), ("SUPERSEDED", supersededRecords), ("DROPPED", dropped),
        ("OVERRUNS", overruns), ("QUEUE_DROPS", queueDrops), ("KERNEL_REFUSALS", kernelRefusals),
        ("SEND_FAILURES", sendFailures), ("LONGEST_TURN", longestTurn), ("UNSEALED", unsealedDatagrams),
        ("UNKNOWN_KEYS", unknownKeys),
        ("FORGED", forgedDatagrams), ("REPLAYED", replayedDatagrams), ("UNVALIDATED_STARTS", unvalidatedStarts),
        ("UNLISTED_ADDRESSES", strangers), ("OTHER_VERSIONS", otherVersions), ("STALE", stale), ("COPIES", copies),
        ("SEAL_RENEWALS", sealRenewals),
      ]
  }

  static func text(_ lines: [(String, UInt64)]) -> String { lines.map { "\($0),\($1)\n" }.joined() }
}
