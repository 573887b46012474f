public import JoolCore

/// A request to the module, which makes it agree with the table.
public enum StoreRequest: Hashable, Sendable {
  /// Remove this BIB entry and its sessions, unless it is static. Both of its addresses are given. If there is no such
  /// entry, the request counts as done.
  case evict(BIBEntry)
  /// Add or update these sessions with one JOOLD_ADD.
  case add([SessionEntry])

  /// The outcome of a request.
  public enum Outcome: Hashable, Sendable {
    /// The module has carried out the request.
    case done
    /// The BIB entry has become static, so it was not removed.
    case isStatic
    /// The module has refused the request. If it had several sessions, the module has applied the others.
    case refused
    /// The module did not answer.
    case failed
  }
}
