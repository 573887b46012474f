internal import JoolCore

/// Sends a whole table to the group: in ascending order of expiration, which receiving modules add fastest, and paced,
/// so that even the small receive buffer of a C proxy keeps up.
struct TableTransfer: Sendable {
  /// Datagrams per `pause`: 45 KB of the 208 KB that a C proxy's buffer has by default.
  static let datagramsPerBurst = 32
  static let pause = Duration.milliseconds(5)

  private let sessions: [SessionEntry]
  private let format: SyncFormat
  private var cursor = 0
  /// When the next burst may leave.
  private(set) var deadline: ContinuousClock.Instant

  /// How many sessions the transfer has in all.
  var count: Int { sessions.count }

  var isFinished: Bool { cursor == sessions.count }

  init(_ sessions: [SessionEntry], format: SyncFormat, now: ContinuousClock.Instant) {
    var sorted = sessions
    sorted.sortForKernel()
    self.sessions = sorted
    self.format = format
    deadline = now
  }

  /// The datagrams to send now.
  mutating func nextBurst(now: ContinuousClock.Instant) -> [[UInt8]] {
    guard now >= deadline else { return [] }
    deadline = now + Self.pause
    let perDatagram = format.records(fitting: MulticastSocket.payloadLimit)
    var burst: [[UInt8]] = []
    while burst.count < Self.datagramsPerBurst, !isFinished {
      let end = min(cursor + perDatagram, sessions.count)
      burst.append(format.encode(sessions[cursor..<end]))
      cursor = end
    }
    return burst
  }
}

/// Reads the module's tables page by page, so that other work goes on in between.
struct TableDump: Sendable {
  private(set) var sessions: [SessionEntry] = []
  private var remaining: [L4Protocol] = [.tcp, .udp, .icmp]
  private var previous: SessionEntry?

  var isFinished: Bool { remaining.isEmpty }

  /// Reads one page.
  mutating func readPage(from client: inout JoolClient<NetlinkSocket>) throws(JoolError) {
    guard let proto = remaining.first else { return }
    let page = try client.sessions(of: proto, after: previous)
    sessions += page.sessions
    previous = page.hasMore ? page.sessions.last : nil
    if !page.hasMore { remaining.removeFirst() }
  }
}
