public import JoolCore

/// A request of the proxy to the module, or to whatever else stores the sessions.
///
/// The proxy has one request at a time (`SessionProxy.nextStoreRequest(now:)`).
public enum StoreRequest: Hashable, Sendable {
  /// Acknowledge the module's last message, which makes the module look at its queue.
  case acknowledge
  /// Read the BIB entries of a protocol that follow `after`; `nil` for the first ones.
  case readBIB(L4Protocol, after: BIBEntry?)
  /// Read the sessions of a protocol that follow `after`; `nil` for the first ones.
  case readSessions(L4Protocol, after: SessionEntry?)
  /// Read the pool4 entries of a protocol that follow `after`; `nil` for the first ones.
  case readPool4(L4Protocol, after: Pool4Entry?)
  /// Remove this BIB entry and its sessions, unless it is static. Both of its addresses are given. If there is no such
  /// entry, the request counts as done.
  case evict(BIBEntry)
  /// Add or update these sessions with one JOOLD_ADD.
  case add([SessionEntry])

  /// The outcome of a request.
  public enum Outcome: Hashable, Sendable {
    /// The module has carried out the request. After a request to read: there are no more entries.
    case done
    /// One page of the BIB was read.
    case bibEntries([BIBEntry], hasMore: Bool)
    /// One page of the sessions was read.
    case sessions([SessionEntry], hasMore: Bool)
    /// One page of pool4 was read.
    case pool4Entries([Pool4Entry], hasMore: Bool)
    /// The BIB entry has become static, so it was not removed.
    case isStatic
    /// The module has refused the request. If it had several sessions, the module has applied the others.
    case refused
    /// The module did not answer.
    case failed
  }

  /// Whether the request takes so long that the sockets should have their turn before the next one.
  public var endsTurn: Bool {
    switch self {
    case .acknowledge, .evict: false
    case .add, .readBIB, .readSessions, .readPool4: true
    }
  }

  /// Whether the request reads the module's sessions or BIB for an audit.
  var belongsToAudit: Bool {
    switch self {
    case .readBIB, .readSessions: true
    case .acknowledge, .readPool4, .evict, .add: false
    }
  }
}
