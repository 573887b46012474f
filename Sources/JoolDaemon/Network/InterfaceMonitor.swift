internal import JoolCore

/// Finds the interfaces that the user named, even after they were renamed or created anew.
///
/// Sockets refer to an interface by its index, which stays the same when the interface is renamed but changes when it
/// is created anew.
struct InterfaceMonitor: Sendable {
  /// The interface that a selector matched last.
  private struct Known: Sendable {
    /// The last names of the interface, at most four, the present one at the end.
    ///
    /// Between two checks the interface may get an earlier name back.
    var names: [String] = []
    var index: UInt32 = 0

    mutating func note(_ interface: InterfaceSnapshot.Interface) {
      if names.last != interface.name {
        names.removeAll { $0 == interface.name }
        names = names.suffix(3) + [interface.name]
      }
      index = interface.index
    }
  }

  private var known: [InterfaceSelector: Known] = [:]

  /// The interface that a selector matches now.
  ///
  /// If there is none, the interface that it matched last, found by its index or by its earlier names.
  mutating func find(_ selector: InterfaceSelector, in view: InterfaceView) -> InterfaceSnapshot.Interface? {
    let matches = selector.matches(in: view)
    let last = known[selector]
    let found =
      matches.first { $0.index == last?.index } ?? matches.first
      ?? last.flatMap { last in
        view.snapshot[last.index] ?? last.names.reversed().lazy.compactMap { view.snapshot[$0] }.first
      }
    if let found { known[selector, default: Known()].note(found) }
    return found
  }
}
