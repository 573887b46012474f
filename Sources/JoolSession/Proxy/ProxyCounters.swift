/// What a proxy has done since it started. 64 bits each; bytes are session records as they travel.
public struct ProxyCounters: Hashable, Sendable {
  /// JOOLD_ADDs handed to the module: what its JSTAT_JOOLD_PKT_RCVD counts.
  public var kernelSentPackets: UInt64 = 0
  public var kernelSentBytes: UInt64 = 0
  /// Datagrams from peers, good or bad.
  public var networkReceivedPackets: UInt64 = 0
  public var networkReceivedBytes: UInt64 = 0
  /// Datagrams to the group.
  public var networkSentPackets: UInt64 = 0
  public var networkSentBytes: UInt64 = 0

  /// Multicasts of the module, for our instance.
  public var kernelReceivedPackets: UInt64 = 0
  public var kernelReceivedBytes: UInt64 = 0
  /// Sessions handed to the module.
  public var sessionsAdded: UInt64 = 0
  /// Datagrams dropped whole: not session records from end to end.
  public var malformedDatagrams: UInt64 = 0
  /// Records dropped alone: right in structure, impossible in values.
  public var refusedRecords: UInt64 = 0
  /// Records in another layout than the local module's, translated.
  public var transcodedRecords: UInt64 = 0
  /// Records that a later one of the same burst overtook.
  public var supersededRecords: UInt64 = 0
  /// Datagrams or records that there was no room to keep.
  public var dropped: UInt64 = 0
  /// Times that the module's multicasts overran our netlink socket.
  public var overruns: UInt64 = 0
  /// Sessions that the module dropped because its queue was full, as far as it counts them.
  public var queueDrops: UInt64 = 0
  /// JOOLD_ADDs and acknowledgements that the module refused.
  public var kernelRefusals: UInt64 = 0
  /// Datagrams that could not be sent at once.
  public var sendFailures: UInt64 = 0
  /// The longest turn of the event loop in microseconds: for so long the module, peers and users waited for an answer.
  public var longestTurn: UInt64 = 0

  /// Datagrams from addresses that are no peer's, where peers are named.
  public var strangers: UInt64 = 0
  /// Datagrams without a seal, although there are keys.
  public var unsealedDatagrams: UInt64 = 0
  /// Of another version of the protocol.
  public var otherVersions: UInt64 = 0
  /// Sealed with a key that this proxy does not have.
  public var unknownKeys: UInt64 = 0
  public var forgedDatagrams: UInt64 = 0
  public var replayedDatagrams: UInt64 = 0
  /// Sealed by somebody who has not proved yet to be there now.
  public var untrustedFrames: UInt64 = 0
  /// Datagrams that waited in the socket for so long that they are not believed.
  public var stale: UInt64 = 0
  /// How often this proxy found that a copy of it is there, and started anew.
  public var copies: UInt64 = 0

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

  /// The statistics server's answer: the six counters of joold(8), to the byte what scripts know.
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

  /// All, by their names in the report.
  var named: [(String, UInt64)] {
    documented
      + [
        ("KERNEL_RCVD_PKTS", kernelReceivedPackets), ("KERNEL_RCVD_BYTES", kernelReceivedBytes),
        ("SESSIONS_ADDED", sessionsAdded), ("MALFORMED", malformedDatagrams), ("REFUSED_RECORDS", refusedRecords),
        ("TRANSCODED", transcodedRecords), ("SUPERSEDED", supersededRecords), ("DROPPED", dropped),
        ("OVERRUNS", overruns), ("QUEUE_DROPS", queueDrops), ("KERNEL_REFUSALS", kernelRefusals),
        ("SEND_FAILURES", sendFailures), ("LONGEST_TURN", longestTurn), ("UNSEALED", unsealedDatagrams),
        ("UNKNOWN_KEYS", unknownKeys),
        ("FORGED", forgedDatagrams), ("REPLAYED", replayedDatagrams), ("UNTRUSTED", untrustedFrames),
        ("STRANGE_ADDRESSES", strangers), ("OTHER_VERSIONS", otherVersions), ("STALE", stale), ("COPIES", copies),
      ]
  }

  static func text(_ lines: [(String, UInt64)]) -> String { lines.map { "\($0),\($1)\n" }.joined() }
}
