/// The audits of a proxy: the one that is requested, the one that is under way, and how the last one ended.
struct AuditSchedule: Sendable {
  /// The reason of the audit that is requested; `nil` if none is.
  private(set) var requested: SessionProxy.Audit?
  /// The audit that is under way; `nil` if there is none.
  var current: TableAudit?
  /// Whether the audit under way gives the module what it lacks.
  ///
  /// Sessions that the module may lack because of something that happened after the beginning of the audit are left to
  /// the next one.
  var isRefillDue = false
  /// The time at which the module's table was last read completely.
  var completedAt: Instant?
  /// The number of sessions that audits had found before although the module had not announced them.
  private var unannouncedBefore: UInt64 = 0
  /// Whether users wait for an advertisement.
  private var isAwaited = false
  /// How the last advertisement that users waited for has ended, until it is taken.
  private var advertisement: AdvertisementOutcome?
  /// Whether the audit's next page is read before the module gets more sessions.
  ///
  /// The two take turns, so that neither delays the other for long.
  var readsNext = false

  /// Whether an audit is under way.
  var isAuditing: Bool { current.isPresent }

  /// The time at which the audit under way goes on; it may be in the past.
  ///
  /// `nil` if there is none, or while it waits for the send queue.
  var deadline: Instant? { current?.deadline }

  /// Requests an audit.
  ///
  /// If one is requested already, the reason that includes the other one counts.
  mutating func request(_ reason: SessionProxy.Audit) {
    requested = max(requested ?? reason, reason)
    if reason == .advertisement { isAwaited = true }
  }

  /// Drops the request, because there is no module to audit.
  mutating func drop() { requested = nil }

  /// Begins the requested audit.
  mutating func begin(now: Instant) {
    guard let reason = requested else { return }
    requested = nil
    current = TableAudit(because: reason, now: now)
    isRefillDue = true
  }

  /// Ends the audit under way.
  ///
  /// Users that wait for an advertisement are told the outcome, unless the one that they have requested is still to
  /// come.
  mutating func end(_ outcome: AdvertisementOutcome) {
    current = nil
    isRefillDue = false
    guard isAwaited, requested != .advertisement || !outcome.isSuccess else { return }
    advertisement = outcome
    isAwaited = false
  }

  /// The number of sessions that audits have found since the last call although the module should have announced them.
  /// - `all`: the number since the start.
  mutating func newlyUnannounced(of all: UInt64) -> UInt64 {
    defer { unannouncedBefore = all }
    return all - min(unannouncedBefore, all)
  }

  /// The outcome for the users that wait for an advertisement, once.
  mutating func takeAdvertisement() -> AdvertisementOutcome? {
    defer { advertisement = nil }
    return advertisement
  }
}

/// How the advertisement of a whole table ended.
public enum AdvertisementOutcome: Hashable, Sendable {
  /// This number of sessions was sent.
  case sent(Int)
  /// The table could not be read.
  case unreadable
  /// Nothing can be sent to the network.
  case stalled
  /// The module or the instance has disappeared.
  case absent
  /// The instance has another pool6 now.
  case otherPool6
  /// The proxy has taken a new identity.
  case newIdentity

  var isSuccess: Bool {
    if case .sent = self { true } else { false }
  }
}
