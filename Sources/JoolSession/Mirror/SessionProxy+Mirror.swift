public import JoolCore

/// A mirror: a node whose table is all there is. It has no module, so nothing is read, fed or compared.
extension SessionProxy {
  /// Whether the proxy is a mirror.
  public var isMirror: Bool { mirror.isPresent }

  /// A change of what a mirror knows of its NAT64s.
  public enum MirrorNews: Hashable, Sendable {
    /// The pool6 is known now, so the mirror can join.
    case found(IPv6Prefix)
    /// All peers have another pool6, so the mirror starts anew with that one.
    case changed(from: IPv6Prefix, to: IPv6Prefix)
  }

  /// Whether pool6 was found in a hello and `updateMirror` should be called now.
  public var canJoin: Bool { isMirror && !module.isAttached && mirror?.found != nil }

  /// Takes pool6, timeouts and pool4 from the settings and the peers.
  ///
  /// Call this at the start, every second, and when `canJoin` is true.
  /// - Parameters:
  ///   - clock: the time of day in milliseconds since 1970.
  ///   - now: the present time.
  /// - Returns: what the user should know.
  public mutating func updateMirror(clock: UInt64, now: Instant) -> MirrorNews? {
    guard let settings = mirror?.settings else { return nil }
    guard let kernel = module.kernel else {
      guard let pool6 = settings.pool6 ?? mirror?.found?.pool6 else { return nil }
      join(pool6, settings.limits ?? mirror?.found?.limits ?? SessionLimits(), clock: clock, now: now)
      return .found(pool6)
    }
    let peers = (node?.peers.all ?? []).filter { $0.isAlive(at: now) }
    let pool6 = mirror?.pool6(own: kernel.pool6, peers: peers.map(\.hello.pool6), now: now) ?? kernel.pool6
    let fellows = peers.filter { $0.hello.pool6 == pool6 }
    if settings.pool4 == nil { notePool4(of: fellows) }
    let longest = fellows.dropFirst().reduce(fellows.first?.hello.limits) { $0?.longest(with: $1.hello.limits) }
    join(pool6, settings.limits ?? longest ?? kernel.limits, clock: clock, now: now)
    return pool6 == kernel.pool6 ? nil : .changed(from: kernel.pool6, to: pool6)
  }

  private mutating func join(_ pool6: IPv6Prefix, _ limits: SessionLimits, clock: UInt64, now: Instant) {
    mirror?.found = nil
    // The layout is for C proxies of which nothing was received yet.
    attached(Kernel(format: .packed36, pool6: pool6, limits: limits, isEnabled: true), clock: clock, now: now)
  }

  private mutating func notePool4(of peers: [SyncPeer]) {
    let settings = peers.compactMap(\.settings.settings)
    guard let chosen = settings.first(where: \.isTranslating) ?? settings.first else { return }
    mirror?.pool4 = (chosen.pool4, chosen.isPool4Cut)
  }

  /// Looks for pool6 in a datagram, while a mirror does not know it.
  mutating func find(in datagram: RawSpan) {
    guard isMirror, mirror?.found == nil else { return }
    if seal == nil, !SyncFrame.isFrame(datagram) { mirror?.hasMissedLegacy = true }
    let frame = seal == nil ? datagram.copied() : (try? seal?.open(datagram))?.frame ?? []
    guard SyncFrame.isFrame(frame.span.bytes), let hello = try? SyncFrame.Hello(frame: frame.span.bytes),
      IPv6Prefix.isTranslationLength(hello.pool6.length)
    else { return }
    mirror?.found = (hello.pool6, hello.limits)
  }

  // MARK: Snapshots

  /// Describes a snapshot of the table as it is now.
  /// - Parameters:
  ///   - number: the number of the snapshot.
  ///   - moment: the present time by the machine's clocks.
  /// - Returns: the description; `nil` if there is no table yet.
  public func snapshot(number: UInt64, at moment: SnapshotMoment) -> TableSnapshot? {
    // A mirror that has found nobody yet must not replace its snapshots by empty ones.
    guard let kernel = module.kernel, let node, node.state.hasTable || !node.table.isEmpty else { return nil }
    return TableSnapshot(
      group: instance, number: number, taken: moment, pool6: kernel.pool6, limits: kernel.limits,
      pool4: mirror?.pool4.ranges ?? [], isPool4Cut: mirror?.pool4.isCut ?? false)
  }

  /// Begins a snapshot of the table; `nil` if there is no table yet.
  public mutating func encodeSnapshot(number: UInt64, at moment: SnapshotMoment, now: Instant) -> SnapshotEncoder? {
    guard let snapshot = snapshot(number: number, at: moment) else { return nil }
    node?.table.expire(now: now)
    return node.borrowed { SnapshotEncoder(snapshot, of: $0.table, now: now) }
  }

  /// Whether a snapshot may be restored.
  /// - Throws: `SnapshotError.otherGroup` or `.otherPool6`.
  public func check(_ snapshot: TableSnapshot) throws(SnapshotError) {
    guard snapshot.group == instance else { throw .otherGroup(snapshot.group) }
    if let pool6 = mirror?.settings.pool6, pool6 != snapshot.pool6 { throw .otherPool6(snapshot.pool6) }
  }

  /// Begins to restore a snapshot into a mirror that has just started.
  ///
  /// Then call `restore(_:elapsed:now:)` for each of its records, and `finishRestoring()`.
  public mutating func beginRestoring(_ snapshot: TableSnapshot, clock: UInt64, now: Instant) {
    guard let settings = mirror?.settings else { return }
    join(snapshot.pool6, settings.limits ?? snapshot.limits, clock: clock, now: now)
    if settings.pool4 == nil { mirror?.pool4 = (snapshot.pool4, snapshot.isPool4Cut) }
    node?.table.reserveCapacity(Int(clamping: snapshot.count))
  }

  /// Restores a session or a removal.
  /// - Parameters:
  ///   - record: the record as the snapshot has it.
  ///   - elapsed: the milliseconds since the snapshot was taken.
  ///   - now: the present time.
  /// - Returns: whether it is a session that has not expired meanwhile.
  public mutating func restore(_ record: TableRecord, elapsed: UInt64, now: Instant) -> Bool {
    switch record {
    case .session(let session):
      guard UInt64(session.entry.expiration.rawValue) > elapsed else { return false }
      var record = SyncRecord(session)
      record.session.expiration = Milliseconds(session.entry.expiration.rawValue - UInt32(elapsed))
      node?.keep(record, now: now)
      return true
    case .removal(var removal):
      guard UInt64(removal.left.rawValue) > elapsed else { return false }
      removal.left = Milliseconds(removal.left.rawValue - UInt32(elapsed))
      node?.keep(removal, now: now)
      return false
    }
  }

  /// Ends the restoring.
  public mutating func finishRestoring() {
    let hasSessions = node.borrowed { !$0.table.isEmpty } ?? false
    node?.readiness.bootstrap.hasKeptTable = hasSessions
  }

  // MARK: C proxies

  /// Begins to send the whole table to C proxies.
  mutating func beginAdvertisement(now: Instant) {
    audits.drop()
    guard format != .ss2, let order = node.borrowed({ $0.table.kernelOrder() }) else { return audits.end(.sent(0)) }
    mirror?.advertisement = MirrorAdvertisement(order, now: now)
  }

  /// The next datagrams of the table for C proxies.
  mutating func continueAdvertisement(sending queue: SendQueueState, now: Instant) -> [[UInt8]] {
    if audits.requested == .advertisement { beginAdvertisement(now: now) }
    guard let count = mirror?.advertisement?.count, queue == .empty || queue == .stalled else { return [] }
    guard queue != .stalled else {
      mirror?.advertisement = nil
      audits.end(.stalled)
      return []
    }
    let sessions = node.borrowed { mirror?.advertisement?.nextBurst(from: $0.table, now: now) ?? [] } ?? []
    if mirror?.advertisement?.isFinished == true {
      mirror?.advertisement = nil
      audits.end(.sent(count))
    }
    return legacyDatagrams(sessions, now: now)
  }

  /// The findings of a mirror.
  var mirrorFindings: [String] {
    guard isMirror, !module.isAttached else { return storeFindings }
    let advice = "Give it with --settings: a file for `jool file handle`, as the NAT64s have it."
    let missing =
      mirror?.hasMissedLegacy == true
      ? "C proxies are received, but they do not send pool6, so their sessions cannot be read. \(advice)"
      : "The mirror does not know pool6 yet, because no SS2 node was received. \(advice)"
    return storeFindings + [missing]
  }
}

extension SyncNode {
  /// Remembers a removal that this node had in a former life.
  fileprivate mutating func keep(_ removal: Removal, now: Instant) {
    records.clock.note(removal.version)
    _ = table.remember(removal, now: now)
  }

  /// Stores a session that this node had in a former life.
  fileprivate mutating func keep(_ record: SyncRecord, now: Instant) {
    records.clock.note(record.version)
    guard table.merge(record, origin: Self.legacyOrigin, now: now) == .conflict else { return }
    _ = store(record, origin: Self.legacyOrigin, now: now)
  }
}
