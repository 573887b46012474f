internal import JoolCore

/// The kernel's interfaces and routes.
struct InterfaceView {
  var snapshot: InterfaceSnapshot
  /// Returns the index of the interface that leads to an address; 0 for none.
  var route: (AnyIPAddress) -> UInt32

  /// The present interfaces and routes.
  static func now(names: [String]) -> InterfaceView {
    InterfaceView(snapshot: .now(names: names), route: InterfaceSnapshot.route)
  }
}
