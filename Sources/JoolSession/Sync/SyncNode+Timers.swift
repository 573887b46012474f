internal import JoolCore

/// The timers of a node.
///
/// No timer is set or stopped: each deadline is derived from the part that the timer is about, so none can outlive its
/// reason. `advance(to:)` does what is due.
extension SyncNode {
  enum Timer: Hashable, Sendable {
    /// The next hello.
    case hello
    /// The state and the right to the addresses, which change with time alone.
    case state
    /// The next NAK for missing updates.
    case naks
    /// The next pull.
    case pull
    /// The next request of the pull under way.
    case pullRequest
    /// The next frame of a transfer to a peer.
    case transfers
    /// The next request to the module.
    case feed
    /// The next records with shortened times.
    case readvertisement
    /// Packets that no record was sent for.
    case deferredPackets
    /// Sessions of C proxies that no node has sent as records.
    case legacySessions
    /// The settings that peers compare.
    case settings

    /// All timers.
    ///
    /// `allCases` would make a new array in each turn.
    static let all: [Timer] = [
      .hello, .state, .naks, .pull, .pullRequest, .transfers, .feed, .readvertisement, .deferredPackets,
      .legacySessions, .settings,
    ]
  }

  /// The time at which a timer expires; `nil` if it is not running.
  func deadline(of timer: Timer) -> Instant? {
    switch timer {
    case .hello: transmitter.hellos.next
    case .state: readiness.timer.deadline
    case .naks: peers.nextQuestion
    case .pull: pulls.retry
    case .pullRequest: pulls.receiver?.deadline
    case .transfers:
      pulls.sender.isWaiting ? transmitter.budget.nextRoom(to: pulls.sender.waiting.lazy.map(\.number)) : nil
    case .feed: feed.deadline
    case .readvertisement: records.readvertisement.next
    case .deferredPackets: records.deferredPackets.deadline
    case .legacySessions: records.legacySessions.deadline
    case .settings: transmitter.settings.next
    }
  }

  /// When `advance(to:)` has something to do; this may be in the past.
  var nextDeadline: Instant {
    guard !readiness.timer.isRequested else { return readiness.timer.deadline }
    var earliest = transmitter.hellos.next
    for timer in Timer.all {
      if let due = deadline(of: timer) { earliest = min(earliest, due) }
    }
    return earliest
  }
}
