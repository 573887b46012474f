internal import JoolCore

/// How the user named an interface.
enum InterfaceSelector: Hashable, Sendable {
  /// By its name, or by what else it is called.
  case name(String)
  /// As the zone of an address: by its name or its number.
  case zone(String)
  /// By one of its addresses; the zone, if there is one, says which of several that have it.
  case address(SocketAddress.Host, zone: String?)
  /// Not at all: the one that the routes to a group choose.
  case route(to: SocketAddress.Host)

  /// - Parameter device: as `--net.dev.in` has it.
  init(device: String) {
    let parts = ZonedHost(device)
    if let address = IPv4Address(parts.host), parts.zone == nil {
      self = .address(.v4(address), zone: nil)
    } else if let address = IPv6Address(parts.host) {
      self = .address(.v6(address), zone: parts.zone)
    } else {
      self = .name(device)
    }
  }

  /// The zone that the user wrote behind an address, or that came with it from a look-up. `nil` if there is neither.
  init?(zone: String?, of address: SocketAddress) {
    guard let zone = zone ?? (address.scope != 0 ? String(address.scope) : nil) else { return nil }
    self = .zone(zone)
  }

  /// What it says of an interface's name.
  var names: [String] {
    switch self {
    case .name(let name), .zone(let name), .address(_, zone: let name?): [name]
    case .address(_, zone: nil), .route: []
    }
  }

  /// The interfaces that it names now. More than one can have the same link-local address.
  func matches(in view: InterfaceView) -> [InterfaceSnapshot.Interface] {
    switch self {
    case .name(let name): view.snapshot[name].map { [$0] } ?? []
    case .zone(let zone): (view.snapshot[zone] ?? UInt32(zone).flatMap { view.snapshot[$0] }).map { [$0] } ?? []
    case .address(let host, zone: nil): view.snapshot.having(host)
    case .address(let host, let zone?): Self.zone(zone).matches(in: view).filter { $0.addresses.contains(host) }
    case .route(let host): view.snapshot[view.route(host)].map { [$0] } ?? []
    }
  }
}

/// What the kernel says of interfaces and routes.
struct InterfaceView {
  var snapshot: InterfaceSnapshot
  /// The index of the interface that leads to an address; 0 for none.
  var route: (SocketAddress.Host) -> UInt32

  /// As it is now.
  static func now(names: [String]) -> InterfaceView {
    InterfaceView(snapshot: .now(names: names), route: InterfaceSnapshot.route)
  }
}

/// Follows the interfaces that the user named through what happens to them: sockets hang on an interface's index, which
/// stays with it when it is renamed and is another one when it is made anew.
struct InterfaceWatch: Sendable {
  private struct Known: Sendable {
    /// Those that the interface has had, the present one last. It may be given back an earlier one between two looks.
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

  /// The interface that a selector names; if it names none now, the one that it named last.
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
