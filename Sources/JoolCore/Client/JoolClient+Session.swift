extension JoolClient where Transport: ~Copyable {
  /// The sessions of one protocol, page by page, ordered by IPv4 mask and node.
  public mutating func forEachSession(
    of proto: L4Protocol, _ page: ([SessionEntry]) throws(JoolError) -> Void
  ) throws(JoolError) {
    try list(.sessionForEach, [.proto(proto)], offset: { [.proto(proto), .sessionOffset($0)] }, page: page)
  }

  /// One page of the sessions of a protocol: those after `previous`, in the order of `forEachSession`.
  /// For callers that have other things to do between pages.
  public mutating func sessions(
    of proto: L4Protocol, after previous: SessionEntry?
  ) throws(JoolError) -> (sessions: [SessionEntry], hasMore: Bool) {
    let answer = try exchange(.sessionForEach, [.proto(proto)] + (previous.map { [.sessionOffset($0)] } ?? []))
    let sessions = try Self.decoding { () throws(WireFormatError) in try answer.list(of: SessionEntry.self) }
    guard !answer.hasMore || !sessions.isEmpty && sessions.last != previous else { throw .endlessList(.sessionForEach) }
    return (sessions, answer.hasMore)
  }

  /// Asks the module to multicast its sessions. Up to 4.1.10 it says yes and sends nothing: `SyncFormat` and
  /// `ModuleVersion.advertises` tell.
  public mutating func advertise() throws(JoolError) { _ = try exchange(.sessionSyncAdvertise) }

  /// Tells the module that its multicast arrived, so that it sends the next one at once.
  public mutating func acknowledgeSessions() throws(JoolError) { try command(.sessionSyncAcknowledge) }

  /// Gives the module sessions of a peer, in its own layout. Fast for sessions in ascending order of expiration per
  /// protocol and timer: the module keeps such lists sorted and walks them from their tail.
  ///
  /// A refusal means that some record was unusable, or that `ss-enabled` is off; the other records are applied.
  /// - Parameter sessions: at most `SyncFormat.maxRecordsPerAdd`, at least one (the container is mandatory:
  ///   without it the kernel crashes).
  public mutating func addSessions(_ sessions: ArraySlice<SessionEntry>) throws(JoolError) {
    guard !sessions.isEmpty else { return }
    try command(.sessionSyncAdd, [.sessions(encoded: SyncFormat(module: module).encode(sessions))])
  }
}

extension ModuleVersion {
  /// Whether JOOLD_ADVERTISE does what it says. Up to 4.1.10 it puts all sessions on a list that nobody ever sends.
  public var advertises: Bool { self >= ModuleVersion(4, 1, 11) }
}
