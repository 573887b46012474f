extension Climate {
  /// The climates in which a property does not hold yet.
  ///
  /// The list may only get shorter.
  package static let notHolding: [Climate] = []

  package static var holding: [Climate] { allCases.filter { !notHolding.contains($0) } }
}
