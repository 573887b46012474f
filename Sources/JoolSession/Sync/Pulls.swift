/// What a node does to get what it lacks, and to give peers what they lack.
struct Pulls: Sendable {
  /// A node that starts listens for this long before it asks. Peers answer its hello within 50 ms.
  static let listening = Duration.milliseconds(300)
  /// About how many sessions a pull fetches that is for no loss, 3 MB: more would hold up what is news. The next one
  /// fetches the rest.
  static let sessionsPerExchange: UInt64 = 65_536
  /// What was said in the last second was perhaps on its way when the tables were compared.
  static let inFlight: UInt64 = 1000

  /// The pull that is under way. There is one at a time.
  var receiver: TableReceiver?
  var schedule: PullSchedule
  /// A source of what is lost is replaced when it is silent for this long.
  var patience = TableReceiver.patience
  var antiEntropy = AntiEntropy()
  var sender = TableSender()
  /// When to look for what is lost: a pull may be due, or may begin then.
  var retry: Instant?

  init(now: Instant) { schedule = PullSchedule(from: now + Self.listening) }
}
