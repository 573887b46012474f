internal import JoolCore

/// The way in which the user named an interface.
enum InterfaceSelector: Hashable, Sendable {
  /// By its name, its alternative name, or the label of one of its addresses.
  case name(String)
  /// By the zone of an address, which is the interface's name or number.
  case zone(String)
  /// By one of its addresses. If several interfaces have the address, the zone selects one of them.
  case address(AnyIPAddress, zone: String?)
  /// Not at all: the routes to a group choose the interface.
  case route(to: AnyIPAddress)

  /// Makes the reference from an option.
  ///
  /// - Parameter device: the value of `--net.dev.in` or `--net.dev.out`.
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

  /// Selects the zone that the user wrote after an address, or else the scope that a look-up found with it.
  ///
  /// `nil` if there is neither.
  init?(zone: String?, of address: SocketAddress) {
    guard let zone = zone ?? (address.scope != 0 ? String(address.scope) : nil) else { return nil }
    self = .zone(zone)
  }

  /// The name in the selector, or nothing if it contains none.
  var names: [String] {
    switch self {
    case .name(let name), .zone(let name), .address(_, zone: let name?): [name]
    case .address(_, zone: nil), .route: []
    }
  }

  /// The interfaces that the selector matches now.
  ///
  /// Several can have the same link-local address.
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
