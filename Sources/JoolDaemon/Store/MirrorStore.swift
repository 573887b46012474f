internal import JoolCore
public import JoolSession
public import Logging
internal import SystemPackage

/// The store of a mirror: the node's own table, and its snapshots on a disk.
///
/// There is nothing to be kept equal with the table, so the proxy has no requests. What a mirror has instead is its
/// settings, which it takes from its peers.
public struct MirrorStore: SessionStore, ~Copyable {
  private let interval: TimeAmount
  private let folder: SnapshotFolder?
  /// Keeps other mirrors from the directory.
  private let lock: OwnedDescriptor?
  /// The snapshot that is being written.
  private var writing: BackgroundTask<SnapshotOutcome>?
  /// The number and the name of the next snapshot.
  private var next = (number: UInt64(1), name: SnapshotFolder.names[0])
  private var nextSnapshot: Instant
  /// The time of the next look at the peers' settings.
  public private(set) var nextCheck = Instant.now
  private var failing = LogThrottle()

  /// The interval between two looks at the peers' settings.
  private static let checkInterval = TimeAmount.seconds(1)

  /// Whether a snapshot was written, and how long that took.
  private struct SnapshotOutcome: Sendable {
    let failure: SnapshotFolder.WriteFailure?
    let sessions: UInt64
    let took: TimeAmount
  }

  /// Opens the directory of the snapshots, and restores the newest one that can be used.
  ///
  /// Blocks for the files.
  /// - Throws: `ProxyError.state` if the directory cannot be used.
  init(
    _ mirror: ProxyConfiguration.Mirror, for proxy: inout SessionProxy, log: Logger
  ) throws(ProxyError) {
    interval = mirror.interval
    folder = mirror.state.map { SnapshotFolder(path: $0) }
    nextSnapshot = .now + interval
    guard let folder else {
      lock = nil
      return
    }
    do throws(StateFault) { lock = try folder.lock() } catch { throw .state(folder.path, error) }
    restore(from: folder, into: &proxy, log: log)
  }

  /// Adds the end of the writing.
  public func watch(_ poller: inout Poller) {
    if let writing { poller.watch(writing.descriptor) }
  }

  /// Notes whether a snapshot was written.
  public mutating func receive(
    into proxy: inout SessionProxy, ready poller: borrowing Poller, _ buffer: inout [UInt8], now: Instant, log: Logger
  ) {
    if let writing, poller.hasInput(writing.descriptor) { finishWriting(for: &proxy, log: log) }
  }

  /// Does nothing, because a mirror's store sends no messages.
  public mutating func discardMessages(of proxy: inout SessionProxy, _ buffer: inout [UInt8], log: Logger) {}

  /// Joins the group once pool6 is known.
  public mutating func serve(_ proxy: inout SessionProxy, now: Instant, log: Logger) -> Instant {
    if proxy.canJoin { update(&proxy, log: log) }
    return now
  }

  /// Takes the settings of the peers, and begins a snapshot if one is due.
  public mutating func check(_ proxy: inout SessionProxy, log: Logger) {
    nextCheck = .now + Self.checkInterval
    update(&proxy, log: log)
    guard Instant.now >= nextSnapshot, writing == nil else { return }
    nextSnapshot = .now + interval
    guard let folder, let encoder = proxy.encodeSnapshot(number: next.number, at: .now, now: .now) else { return }
    let name = next.name
    writing = BackgroundTask { Self.write(encoder, as: name, in: folder) }
  }

  /// Writes the last snapshot.
  ///
  /// Blocks until it is on the disk.
  public mutating func end(_ proxy: inout SessionProxy, log: Logger) {
    if let writing {
      while writing.result == nil {
        var poller = Poller()
        poller.watch(writing.descriptor)
        guard (try? poller.wait(until: nil)) != nil else { break }
      }
      finishWriting(for: &proxy, log: log)
    }
    guard let folder, let encoder = proxy.encodeSnapshot(number: next.number, at: .now, now: .now) else { return }
    note(Self.write(encoder, as: next.name, in: folder), for: &proxy, log: log)
  }

  private func update(_ proxy: inout SessionProxy, log: Logger) {
    switch proxy.updateMirror(clock: TimeOfDay.milliseconds, now: .now) {
    case nil: return
    case .found(let pool6): log.notice("The NAT64s' pool6 is \(pool6).")
    case .changed(let former, let pool6):
      log.warning("All peers have pool6 \(pool6) instead of \(former), so the mirror starts anew with that.")
    }
  }

  // MARK: Snapshots

  private static func write(
    _ encoder: SnapshotEncoder, as name: String, in folder: SnapshotFolder
  ) -> SnapshotOutcome {
    let (begin, sessions) = (Instant.now, encoder.snapshot.count)
    var failure: SnapshotFolder.WriteFailure?
    do throws(SnapshotFolder.WriteFailure) { try folder.write(encoder, as: name) } catch { failure = error }
    return SnapshotOutcome(failure: failure, sessions: sessions, took: .now - begin)
  }

  private mutating func finishWriting(for proxy: inout SessionProxy, log: Logger) {
    guard let outcome = writing?.result else { return }
    writing = nil
    note(outcome, for: &proxy, log: log)
  }

  private mutating func note(_ outcome: SnapshotOutcome, for proxy: inout SessionProxy, log: Logger) {
    guard let failure = outcome.failure else {
      proxy.storeFindings = []
      let other = SnapshotFolder.names.first { $0 != next.name } ?? next.name
      next = (next.number + 1, other)
      log.debug("A snapshot of \(outcome.sessions) sessions was written in \(outcome.took.milliseconds) ms.")
      return
    }
    let finding = "The snapshot of the table could not be written to '\(folder?.path ?? "")': \(failure)"
    proxy.storeFindings = [finding]
    if let more = failing.admit(now: .now) {
      log.error("\(finding). The last one stays; the next attempt is in \(interval.seconds) s.\(more)")
    }
  }

  private mutating func restore(from folder: SnapshotFolder, into proxy: inout SessionProxy, log: Logger) {
    var isRestored = false
    for found in folder.look() {
      do throws(SnapshotFolder.Refusal) {
        let snapshot = try found.content.get()
        do throws(SnapshotError) { try proxy.check(snapshot) } catch { throw .unfit(error) }
        next.number = max(next.number, snapshot.number + 1)
        guard !isRestored else { continue }
        try restore(snapshot, found.name, from: folder, into: &proxy, log: log)
        isRestored = true
        next.name = SnapshotFolder.names.first { $0 != found.name } ?? next.name
      } catch {
        refuse(found.name, error, in: folder, log: log)
      }
    }
    if !isRestored { log.notice("There is no snapshot in '\(folder.path)', so the mirror starts with an empty table.") }
  }

  private func restore(
    _ snapshot: TableSnapshot, _ name: String, from folder: SnapshotFolder, into proxy: inout SessionProxy, log: Logger
  ) throws(SnapshotFolder.Refusal) {
    let elapsed = snapshot.taken.elapsed(to: .now)
    if elapsed == .clockIsBehind {
      log.warning(
        "The system's clock is earlier than when the snapshot was taken, so its sessions may be kept for too long.")
    }
    let (milliseconds, now) = (elapsed.milliseconds, Instant.now)
    proxy.beginRestoring(snapshot, clock: TimeOfDay.milliseconds, now: now)
    var restored = 0
    try folder.read(name) { if proxy.restore($0, elapsed: milliseconds, now: now) { restored += 1 } }
    proxy.finishRestoring()
    let expired = snapshot.count - UInt64(restored)
    log.notice(
      """
      \(restored) sessions were restored from '\(folder.path(of: name))', which is \(milliseconds / 1000) s old; \
      \(expired) have expired since.
      """)
  }

  private func refuse(_ name: String, _ reason: SnapshotFolder.Refusal, in folder: SnapshotFolder, log: Logger) {
    var fate = ""
    if case .unfit = reason, let refused = folder.setAside(name) { fate = " It is kept as '\(refused)'." }
    log.error("The snapshot '\(folder.path(of: name))' is not used. \(reason)\(fate)")
  }
}
