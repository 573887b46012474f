internal import JoolCore

/// The settings that this node advertises, and when; and how often peers have sent others than before.
struct SettingsExchange: Sendable {
  /// The minimum interval at which settings are sent again; up to 500 ms are added at random.
  static let interval = TimeAmount.seconds(30)

  /// The settings that this node advertises; `nil` if there are none yet.
  private(set) var own: NodeSettings?
  private var revision: UInt32 = 0
  /// The next regular time, or that of a change.
  private var regular: Instant? { didSet { updateNext() } }
  /// The time at which a new peer gets the settings; `nil` if there is no new peer.
  private var forNewPeer: Instant? { didSet { updateNext() } }
  /// When the settings are sent next; `nil` if there are none yet.
  ///
  /// It is stored, because each turn of the proxy's loop reads it.
  private(set) var next: Instant?
  /// How often a peer has sent settings that differ from its former ones.
  private(set) var received = 0

  /// Advertises settings, if they have changed.
  mutating func advertise(_ settings: NodeSettings, now: Instant) {
    guard settings != own else { return }
    own = settings
    revision &+= 1
    regular = now
  }

  /// Sends the settings to a new peer at `time`, also if they are sent before.
  ///
  /// A new peer drops what it receives before it has validated this node. The time is never postponed, because a stream
  /// of new peers could otherwise postpone it for ever.
  mutating func send(toNewPeerAt time: Instant) { forNewPeer = min(forNewPeer ?? time, time) }

  private mutating func updateNext() { next = regular.map { min($0, forNewPeer ?? $0) } }

  func isDue(now: Instant) -> Bool { next.map { $0 <= now } ?? false }

  /// Takes the settings in parts, each of which fits into a frame, and schedules the next time.
  ///
  /// A part has at most `room` ranges. `jitter` is the random part of the interval.
  mutating func parts(room: Int, jitter: TimeAmount, now: Instant) -> [SyncFrame.Settings] {
    guard let own else { return [] }
    regular = now + Self.interval + jitter
    if let time = forNewPeer, time <= now { forNewPeer = nil }
    let count = max((own.pool4.count + room - 1) / room, 1)
    return (0..<count).map { part in
      var settings = own
      settings.pool4 = Array(own.pool4.dropFirst(part * room).prefix(room))
      return SyncFrame.Settings(revision: revision, part: UInt16(part), parts: UInt16(count), settings: settings)
    }
  }

  /// Notes settings of a peer that differ from its former ones.
  mutating func noteReceived() { received += 1 }
}
