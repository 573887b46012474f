internal import JoolCore
internal import SystemPackage

/// The interfaces of a link to a group as the user named them, and the group's address.
struct GroupNames: Sendable {
  let network: ProxyConfiguration.Network
  let address: SocketAddress
  let host: AnyIPAddress
  private let zone: InterfaceSelector?
  private let incoming: InterfaceSelector?
  private let outgoing: InterfaceSelector?

  /// `nil` for an address that is neither IPv4 nor IPv6.
  /// - `address`: the group's address and port, from a look-up.
  init?(_ network: ProxyConfiguration.Network, address: SocketAddress) {
    guard let host = address.host else { return nil }
    self.network = network
    self.address = address
    self.host = host
    zone = InterfaceSelector(zone: ZonedHost(network.group).zone, of: address)
    incoming = network.incomingInterface.map { InterfaceSelector(device: $0) }
    outgoing = network.outgoingInterface.map { InterfaceSelector(device: $0) }
  }

  /// The interface names in the user's settings, for `InterfaceView.now(names:)`.
  var names: [String] { [zone, incoming, outgoing].compactMap { $0 }.flatMap(\.names) }

  /// Finds the interfaces as they are now.
  ///
  /// If the user named only one interface, it is used for both directions.
  /// - Throws: `ProxyError` for an interface that is missing, or for two settings that contradict each other.
  func plan(in view: InterfaceView, _ watch: inout InterfaceMonitor) throws(ProxyError) -> GroupPlan {
    let zone = try place(self.zone, .group, in: view, &watch)
    let incoming = try place(self.incoming, .incoming, in: view, &watch)
    let outgoing = try place(self.outgoing, .outgoing, in: view, &watch)
    for (place, setting, text) in [
      (incoming, NetworkFault.Setting.incoming, network.incomingInterface),
      (outgoing, .outgoing, network.outgoingInterface),
    ] {
      guard let zone, let place, let text, zone.interface.index != place.interface.index else { continue }
      throw .network(NetworkFault(setting, text, .contradicts(.group, network.group)))
    }
    var plan = GroupPlan(group: address, incoming: incoming ?? zone ?? outgoing, outgoing: outgoing ?? zone ?? incoming)
    if host.needsInterface {
      guard let listening = plan.incoming?.interface, let sending = plan.outgoing?.interface else {
        throw .network(NetworkFault(.group, network.group, .linkLocalWithoutInterface))
      }
      guard listening.index == sending.index else {
        throw .network(
          NetworkFault(
            .outgoing, network.outgoingInterface ?? "", .contradicts(.incoming, network.incomingInterface ?? "")))
      }
      plan.group.scope = listening.index
    } else {
      plan.group.scope = 0
    }
    if plan.incoming == nil {
      plan.incoming = watch.find(.route(to: host), in: view).map { GroupPlan.Place(interface: $0) }
    }
    return plan
  }

  private func place(
    _ selector: InterfaceSelector?, _ setting: NetworkFault.Setting, in view: InterfaceView,
    _ watch: inout InterfaceMonitor
  ) throws(ProxyError) -> GroupPlan.Place? {
    guard let selector else { return nil }
    guard let interface = watch.find(selector, in: view) else { throw missing(selector, setting) }
    // The address may have been removed from the interface since. The interface is used all the same, with another
    // address.
    guard case .address(.v4(let source), _) = selector, interface.addresses.contains(.v4(source)) else {
      return GroupPlan.Place(interface: interface)
    }
    return GroupPlan.Place(interface: interface, source: source)
  }

  /// The error for an interface that was not found: the C proxy's error where it has one.
  private func missing(_ selector: InterfaceSelector, _ setting: NetworkFault.Setting) -> ProxyError {
    let text =
      switch setting {
      case .incoming: network.incomingInterface ?? ""
      case .outgoing: network.outgoingInterface ?? ""
      default: network.group
      }
    switch selector {
    case .name where host.isIPv6:
      return .badInterface(
        role: setting == .incoming ? "incoming" : "outgoing", name: text, .operationNotSupportedByDevice)
    case .name: return .badInterfaceAddress(text)
    case .zone(let zone): return .network(NetworkFault(setting, text, .noInterface(zone)))
    case .address(_, let zone): return .network(NetworkFault(setting, text, .notOwn(interface: zone)))
    case .route: return .network(NetworkFault(setting, text, .noInterface("")))
    }
  }

  /// Makes a plan at the start, and for `--check`.
  /// - Throws: `ProxyError` if nothing could ever be received or sent with the plan.
  func verifiedPlan(in view: InterfaceView, _ watch: inout InterfaceMonitor) throws(ProxyError) -> GroupPlan {
    if address.port == 0 { throw .network(NetworkFault(.groupPort, network.port, .noPort)) }
    guard host.isMulticast else {
      let isOwn = host.isLoopback || !view.snapshot.having(host).isEmpty
      if isOwn { throw .network(NetworkFault(.group, network.group, .notMulticast)) }
      throw .bindFailed(address: network.group, port: network.port, .addressNotAvailable)
    }
    if host.multicastScope == 0 { throw .network(NetworkFault(.group, network.group, .reservedScope)) }
    if host.multicastScope == 1 { throw .network(NetworkFault(.group, network.group, .staysOnTheMachine)) }
    let plan = try plan(in: view, &watch)
    do throws(NetworkFault) { try verify(plan, in: view) } catch { throw .network(error) }
    return plan
  }

  private func verify(_ plan: GroupPlan, in view: InterfaceView) throws(NetworkFault) {
    for (selector, setting, text) in [
      (incoming, NetworkFault.Setting.incoming, network.incomingInterface),
      (outgoing, .outgoing, network.outgoingInterface),
    ] {
      guard let selector, let text, case .address(let own, let zone) = selector else { continue }
      if own.isIPv6 != host.isIPv6 { throw NetworkFault(setting, text, .otherFamily(isIPv6: host.isIPv6)) }
      let names = selector.matches(in: view).map(\.name)
      if zone == nil, names.count > 1, own.needsInterface { throw NetworkFault(setting, text, .ambiguous(names)) }
    }
    let (named, otherwise) = (name(.incoming, network.incomingInterface), name(.outgoing, network.outgoingInterface))
    let group = (NetworkFault.Setting.group, network.group)
    let zoned = zone == nil ? nil : group
    for (place, (setting, text)) in [
      (plan.incoming, named ?? zoned ?? otherwise ?? group), (plan.outgoing, otherwise ?? zoned ?? named ?? group),
    ] {
      guard let interface = place?.interface else { continue }
      // Over the loopback interface an IPv4 group connects the sockets of one machine. IPv6 has no route for groups
      // there.
      if interface.isLoopback, !host.isIPv6 { continue }
      if !interface.takesMulticast { throw NetworkFault(setting, text, .noMulticast(interface: interface.name)) }
      // An interface without a carrier has no addresses yet, but may get them later.
      if interface.isRunning, !interface.hasAddress(isIPv6: host.isIPv6) {
        throw NetworkFault(setting, text, .noAddress(interface: interface.name, isIPv6: host.isIPv6))
      }
      // The kernel transmits IPv6 datagrams with hop limit 0. It transmits IPv4 datagrams with TTL 0 only if the sender
      // is not a member of the group itself.
      let isMember = plan.outgoing == nil || plan.incoming?.interface.index == plan.outgoing?.interface.index
      if network.ttl == 0, !host.isIPv6, isMember { throw NetworkFault(.timeToLive, "0", .staysOnTheMachine) }
    }
  }

  private func name(_ setting: NetworkFault.Setting, _ text: String?) -> (NetworkFault.Setting, String)? {
    text.map { (setting, $0) }
  }
}
