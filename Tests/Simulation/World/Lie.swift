/// The wrong behaviour of node 1 in a test of the oracle.
///
/// There is one for each property, because a check that never fails proves nothing.
package enum Lie: String, Codable, CaseIterable, Sendable {
  /// The node reports that it is ready although it lacks sessions of others.
  case isReadyTooEarly
  /// The node reports that it is ready right after its start.
  case isReadyAtOnce
  /// The node gives up the right to the addresses, whatever the others do.
  case neverMay
  /// The node has the right to the addresses from its start on.
  case alwaysMay
  /// The states in the table differ from those that were sent.
  case changesStates
  case losesSessions
  case keepsSessions
  /// The node sends a new session in place of each removal.
  case sendsRemovedAgain
  /// The module ignores evictions.
  case ignoresEvictions
  case isNeverReady
  /// The node reports that it is ready some seconds too late.
  case isReadyLate
  case asksForNothing
  case repeatsItself
  case reusesNonces
  case sendsGarbage
  /// The mirror restores nothing of its snapshot, not even the removals, or restores the times left that it had then.
  case restoresNothing, restoresNoRemovals, restoresOldTimes

  /// The property that the lie violates.
  package var property: Property {
    switch self {
    case .isReadyTooEarly: .truthOfReady
    case .isReadyAtOnce: .firstIsAlone
    case .neverMay: .somebodyMay
    case .alwaysMay: .onlyTheRightMay
    case .changesStates: .agreement
    case .losesSessions: .entitlement
    case .keepsSessions: .noGhosts
    case .sendsRemovedAgain: .noReturns
    case .ignoresEvictions: .moduleAgrees
    case .isNeverReady: .backInTime
    case .isReadyLate: .promptStart
    case .asksForNothing: .calmIsQuiet
    case .repeatsItself: .budget
    case .reusesNonces: .nonces
    case .sendsGarbage: .noTrap
    case .restoresNothing: .entitlement
    case .restoresNoRemovals: .noReturns
    case .restoresOldTimes: .noGhosts
    }
  }
}
