/// The session table of a NAT64 and its synchronization. With a SIIT client these calls throw
/// `JoolError.wrongTranslator`.
extension JoolClient where Transport: ~Copyable {
  /// All sessions of one protocol.
  ///
  /// Reads page by page, so the result is not a snapshot. Blocks until the module has answered for the last page.
  /// - Parameter proto: The protocol whose entries to list.
  /// - Returns: The entries, ordered by IPv4 mask and node.
  /// - Throws: The errors that all calls have in common, and `JoolError.endlessList`.
  public mutating func sessions(of proto: L4Protocol) throws(JoolError) -> [SessionEntry] {
    var all: [SessionEntry] = []
    try forEachSession(of: proto) { all += $0 }
    return all
  }

  /// Passes the sessions of one protocol to `page`.
  ///
  /// Blocks until the module has answered for the last page.
  /// - Parameters:
  ///   - proto: The protocol whose entries to list.
  ///   - page: Called with each page as it arrives. Entries may be added or removed between pages.
  /// - Throws: The errors that all calls have in common, `JoolError.endlessList`, and the errors of `page`.
  public mutating func forEachSession(
    of proto: L4Protocol, _ page: ([SessionEntry]) throws(JoolError) -> Void
  ) throws(JoolError) {
    try list(.sessionForEach, [.proto(proto)], offset: { [.proto(proto), .sessionOffset($0)] }, page: page)
  }

  /// Passes the sessions of one protocol to a closure that throws errors of its own.
  ///
  /// Blocks until the module has answered for the last page.
  /// - Parameters:
  ///   - proto: The protocol whose entries to list.
  ///   - page: Called with each page as it arrives. Entries may be added or removed between pages.
  /// - Throws: The errors that all calls have in common and `JoolError.endlessList` as `ListError.module`, and those of
  ///   `page` as `ListError.caller`.
  public mutating func forEachSession<Failure>(
    of proto: L4Protocol, _ page: ([SessionEntry]) throws(Failure) -> Void
  ) throws(ListError<Failure>) {
    try pages(of: .sessionForEach, [.proto(proto)], offset: { [.proto(proto), .sessionOffset($0)] }, page)
  }

  /// One page of the sessions of a protocol, for callers that have other work to do between pages.
  ///
  /// Blocks until the module answers.
  /// - Parameters:
  ///   - proto: The protocol whose sessions to list.
  ///   - previous: The last session of the page before, in the order of `forEachSession`; `nil` for the first page.
  /// - Returns: The sessions after `previous`, and whether there are more after them.
  /// - Throws: The errors that all calls have in common, and `JoolError.endlessList`.
  public mutating func sessions(
    of proto: L4Protocol, after previous: SessionEntry?
  ) throws(JoolError) -> (sessions: [SessionEntry], hasMore: Bool) {
    let attributes = [.proto(proto)] + (previous.map { [RequestAttribute.sessionOffset($0)] } ?? [])
    let (sessions, hasMore) = try page(of: .sessionForEach, attributes, after: previous)
    return (sessions, hasMore)
  }

  /// Requests that the module multicast its sessions.
  ///
  /// Blocks until the module answers.
  ///
  /// Modules up to 4.1.10 report success and send nothing. `RecordLayout` and `ModuleVersion.advertises` identify them.
  /// - Throws: The errors that all calls have in common.
  public mutating func advertise() throws(JoolError) { _ = try exchange(.sessionSyncAdvertise) }

  /// Acknowledges the module's last multicast, so that it sends the next one at once.
  ///
  /// Does not wait for an answer.
  /// - Throws: The errors that all calls have in common, except `JoolError.noAnswer`.
  public mutating func acknowledgeSessions() throws(JoolError) { try command(.sessionSyncAcknowledge) }

  /// Adds sessions of a peer to the module's table, in the module's own layout.
  ///
  /// Does not wait for an answer, but blocks while the kernel processes the sessions.
  ///
  /// This is fast for sessions in ascending order of expiration per protocol and timer, because the module keeps such
  /// lists sorted and searches them from their tail.
  /// - Parameter sessions: The sessions. Each request has at most `RecordLayout.maxRecordsPerAdd` of them. If there are
  ///   none, nothing is sent, because a request without the container crashes the kernel.
  /// - Throws: The errors that all calls have in common, except `JoolError.noAnswer`. `JoolError.refused` means that
  ///   some record was unusable (the others are applied), or that `ss-enabled` is off.
  public mutating func addSessions(_ sessions: some Collection<SessionEntry>) throws(JoolError) {
    let format = RecordLayout(module: module)
    var rest = sessions[...]
    var refusal: JoolError?
    while !rest.isEmpty {
      let some = rest.prefix(format.maxRecordsPerAdd)
      rest = rest[some.endIndex...]
      do throws(JoolError) {
        try command(.sessionSyncAdd, [.sessions(encoded: format.encode(some))])
      } catch .refused(let code, let message) {
        refusal = refusal ?? .refused(code: code, message: message)
      }
    }
    if let refusal { throw refusal }
  }
}

extension ModuleVersion {
  /// Whether the module acts on JOOLD_ADVERTISE.
  ///
  /// Releases up to 4.1.10 put all sessions on a list that is never sent.
  public var advertises: Bool { self >= ModuleVersion(4, 1, 11) }
}
