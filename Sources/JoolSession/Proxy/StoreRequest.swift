public import JoolCore

/// What the module is asked for next, so that it agrees with the table.
public enum StoreRequest: Hashable, Sendable {
  /// Remove this BIB entry, both of its addresses given, with its sessions, unless it is static. One that is not there is removed, too.
  case evict(BIBEntry)
  /// Add or update these sessions: one JOOLD_ADD.
  case add([SessionEntry])

  /// What became of a request.
  public enum Outcome: Hashable, Sendable {
    case done
    /// The BIB entry is a static one by now, and stays.
    case isStatic
    /// The module found fault with it. Of several sessions it applied the others.
    case refused
    /// The module did not answer.
    case failed
  }
}
