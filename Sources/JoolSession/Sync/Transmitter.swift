internal import JoolCore

/// What a node sends: it numbers the frames, keeps the updates for retransmission, limits what is sent on request, and
/// knows when the node advertises itself (hellos and settings).
struct Transmitter: Sendable {
  /// What the caller must send.
  struct Output: Sendable {
    /// Frames for the group, in the order in which they are sent.
    var datagrams: [[UInt8]] = []
    /// Sessions for C proxies, with the advertised expirations.
    var announcements: [SessionEntry] = []
  }

  /// The sizes of the frames.
  var path = PathMTU.ethernet
  /// The times of the hellos, and their number.
  var hellos: HelloSchedule
  /// The settings that are advertised, and when.
  var settings = SettingsExchange()
  /// Whether the group can have C proxies.
  var hasLegacyPeers = true
  /// The limit for what is sent on request.
  var budget = SendBudget()
  private let sender: Incarnation
  private var resend = ResendQueue()
  private var output = Output()

  init(sender: Incarnation, now: Instant) {
    self.sender = sender
    hellos = HelloSchedule(now: now)
  }

  /// The number of the last update; 0 before the first.
  var lastUpdate: UInt64 { resend.last }

  /// Sends a frame that is no update.
  mutating func send(_ body: SyncFrame.Body, to target: Incarnation = .nobody) {
    let frame = SyncFrame(sender: sender, number: hellos.number, sequence: resend.last, target: target, body: body)
    output.datagrams.append(frame.encoded())
  }

  /// Sends records in as many updates as they need.
  mutating func send(updates records: [SyncRecord], now: Instant) {
    for first in stride(from: 0, to: records.count, by: path.records) {
      let part = records.count <= path.records ? records : Array(records[first...].prefix(path.records))
      let frame = SyncFrame(
        sender: sender, number: hellos.number, sequence: resend.last + 1, body: .update(part))
      let datagram = frame.encoded()
      resend.append(datagram, now: now)
      output.datagrams.append(datagram)
    }
    hellos.schedule(before: now + HelloSchedule.pause)
  }

  /// Sends sessions to C proxies, if there can be any.
  mutating func announce(_ sessions: some Sequence<SessionEntry>) {
    if hasLegacyPeers { output.announcements += sessions }
  }

  /// Retransmits updates that a peer misses, and answers `unavailable` for those that are no longer kept.
  /// - Returns: the number of updates that are retransmitted.
  mutating func retransmit(_ ranges: [SyncFrame.MissingUpdates], to node: Incarnation, now: Instant) -> Int {
    var count = 0
    for range in ranges.prefix(UpdateStream.maxRanges) {
      let (datagrams, goneUntil) = resend.repeating(range, now: now) {
        budget.admit(repeated: $0, to: node.number, now: now)
      }
      count += datagrams.count
      output.datagrams += datagrams
      let answer = SyncFrame.headerSize + SyncFrame.unavailableSize
      if let goneUntil, budget.admit(repeated: answer, to: node.number, now: now) {
        send(.unavailable(first: range.first, last: goneUntil), to: node)
      }
    }
    return count
  }

  /// Sends the settings in parts.
  /// - `jitter`: the random part of the interval until they are sent again.
  mutating func sendSettings(jitter: TimeAmount, now: Instant) {
    let room = (path.frame - SyncFrame.headerSize - SyncFrame.Settings.headerSize) / SyncFrame.Settings.rangeSize
    for part in settings.parts(room: max(room, 1), jitter: jitter, now: now) { send(.settings(part)) }
  }

  /// Takes what must be sent.
  ///
  /// Each output is returned once.
  mutating func takeOutput() -> Output {
    defer { output = Output() }
    return output
  }
}
