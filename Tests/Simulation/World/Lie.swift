/// What node 1 of a mutant does wrong, one for each property of the oracle: a watcher that cannot bark is worth nothing.
package enum Lie: String, Codable, CaseIterable, Sendable {
  /// It says that it is ready although it lacks what others have.
  case isReadyTooEarly
  /// It says that it is ready at once after its start.
  case isReadyAtOnce
  /// It gives up the addresses whatever others do.
  case neverMay
  /// It has the addresses from its start on.
  case alwaysMay
  /// Its table has other states than what was said.
  case changesStates
  case losesSessions
  case keepsSessions
  /// Its module ignores that entries should go.
  case ignoresEvictions
  case isNeverReady
  /// It says that it is ready some seconds after it is.
  case isReadyLate
  case asksForNothing
  case repeatsItself
  case reusesNonces
  case sendsGarbage

  /// The property that it breaks.
  package var property: Property {
    switch self {
    case .isReadyTooEarly: .truthOfReady
    case .isReadyAtOnce: .firstIsAlone
    case .neverMay: .somebodyMay
    case .alwaysMay: .onlyTheRightMay
    case .changesStates: .agreement
    case .losesSessions: .entitlement
    case .keepsSessions: .noGhosts
    case .ignoresEvictions: .moduleAgrees
    case .isNeverReady: .backInTime
    case .isReadyLate: .promptStart
    case .asksForNothing: .calmIsQuiet
    case .repeatsItself: .budget
    case .reusesNonces: .nonces
    case .sendsGarbage: .noTrap
    }
  }
}
