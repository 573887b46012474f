/// The state of the pulls: of the one that fetches what this node lacks, and of those that this node serves to peers.
struct Pulls: Sendable {
  /// The time for which a starting node listens before its first pull.
  ///
  /// Peers answer its hello within 50 ms.
  static let listening = Duration.milliseconds(300)
  /// The approximate number of sessions (3 MB) that a pull without a loss fetches at most.
  ///
  /// More would delay news. The next pull fetches the rest.
  static let sessionsPerExchange: UInt64 = 65_536
  /// The age in milliseconds below which a record may have been in flight when the tables were compared.
  static let inFlight: UInt64 = 1000

  /// The pull that is under way.
  ///
  /// There is at most one at a time.
  var receiver: TableReceiver?
  var schedule: PullSchedule
  /// The silence after which the source of a pull for losses is replaced.
  var sourceTimeout = TableReceiver.sourceTimeout
  var antiEntropy = AntiEntropy()
  var sender = TableSender()
  /// The next time to look for losses, because a pull for them may be due or may begin then.
  var retry: Instant?

  init(now: Instant) { schedule = PullSchedule(from: now + Self.listening) }
}
