import JoolCore
import JoolDaemon
import JoolSession

/// Carries out a `SessionRestoration` with a module.
struct RestoreRun {
  private var restoration: SessionRestoration
  /// The difference between the snapshot's clock and the machine's.
  private let shift: TimeAmount
  private var progress: ProgressLine
  private let hasArrived: () -> Bool
  private(set) var isInterrupted = false
  /// The first error of the module.
  private(set) var failure: JoolError?

  /// The number of sessions between two looks for a signal.
  private static let batch = 1000

  /// Begins at `moment`, which is now.
  init(_ saved: SavedTable, at moment: SnapshotMoment, own: SessionLimits, in context: CommandContext) {
    let now = saved.instant(at: moment)
    shift = now - .now
    restoration = SessionRestoration(saved, own: own, now: now)
    progress = ProgressLine(in: context)
    hasArrived = context.watchForInterruption()
  }

  var counts: SessionRestoration.Counts { restoration.counts }

  /// The present time of the snapshot's clock.
  private var now: Instant { .now + shift }

  /// Excludes the sessions that the module has or cannot have.
  ///
  /// Blocks until the module has answered for the last page.
  mutating func compare(with client: inout TranslatorClient) throws(CommandFailure) {
    defer { progress.clear() }
    try client.ask { (client) throws(JoolError) in
      var pool4: [Pool4Entry] = []
      for proto in L4Protocol.allCases {
        pool4 += try client.pool4Entries(of: proto)
        try client.forEachBIBEntry(of: proto) { page in
          for entry in page { restoration.exclude(contradicting: entry) }
          progress.show("The instance's bindings are compared.")
        }
      }
      for proto in L4Protocol.allCases {
        try client.forEachSession(of: proto) { page in
          let now = now
          for session in page { restoration.exclude(present: session, now: now) }
          progress.show("The instance's sessions are compared.")
        }
      }
      let index = Pool4Index(pool4.isEmpty ? Pool4Entry.ofEmptyPool : pool4)
      restoration.excludeMasks { index.contains($0, $1) }
    }
  }

  /// Gives the module the sessions that it lacks, until a signal arrives or the module cannot be reached.
  ///
  /// Blocks while the kernel processes them.
  mutating func give(to client: inout TranslatorClient) {
    defer { progress.clear() }
    let total = restoration.remaining
    while true {
      if hasArrived() { isInterrupted = true }
      guard !isInterrupted else { return }
      let sessions = restoration.next(Self.batch, now: now)
      guard !sessions.isEmpty else { return }
      do throws(JoolError) { try client.addSessions(sessions) } catch {
        failure = failure ?? error
        // A refusal may be about a single session. The reading shows which ones are missing.
        guard case .refused = error else { return }
      }
      progress.show("\(restoration.given) of \(total) sessions were sent.")
    }
  }

  /// Reads which sessions the module has now.
  ///
  /// Blocks until the module has answered for the last page.
  mutating func readBack(from client: inout TranslatorClient) throws(CommandFailure) {
    defer { progress.clear() }
    do throws(JoolError) {
      if restoration.given > 0 {
        for proto in L4Protocol.allCases {
          try client.forEachSession(of: proto) { page in
            let now = now
            for session in page { restoration.confirm(session, now: now) }
            progress.show("The instance's sessions are read back.")
          }
        }
      }
      restoration.finish(now: now)
    } catch {
      throw .sessionFile(.unknown(sent: restoration.given, failure ?? error))
    }
  }
}

extension Pool4Entry {
  /// What an empty pool4 stands for, besides the addresses, which are those of the machine.
  fileprivate static var ofEmptyPool: [Pool4Entry] {
    guard let all = IPv4Prefix("0.0.0.0/0") else { return [] }
    return L4Protocol.allCases.map { Pool4Entry(proto: $0, prefix: all, ports: PortRange(61001, .max)) }
  }
}
