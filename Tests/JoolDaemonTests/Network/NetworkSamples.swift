import JoolCore

@testable import JoolDaemon
@testable import JoolSession

/// The interfaces of a sample machine: a sync link `eth2`, another network `eth0`, and interfaces that lack multicast,
/// addresses or a carrier.
enum NetworkSamples {
  static let interfaces: [InterfaceSnapshot.Interface] = [
    interface("lo", 1, ["127.0.0.1", "::1"]) {
      $0.isLoopback = true
      $0.takesMulticast = false
    },
    interface("eth0", 2, ["192.0.2.4", "2001:db8::4", "fe80::1"]) {
      $0.broadcasts = [IPv4Address("192.0.2.255")].compactMap { $0 }
    },
    interface("eth2", 3, ["203.0.113.4", "2001:db8:ff08::4", "fe80::4", "fe80::1"]) {
      $0.broadcasts = [IPv4Address("203.0.113.255")].compactMap { $0 }
    },
    interface("wg0", 4, ["198.51.100.4", "fd00::4"]) { $0.takesMulticast = false },
    interface("eth4", 5, ["198.18.0.4"]),
    interface("eth6", 6, ["fd00:6::4"]),
    interface("cable", 7, []) { $0.isRunning = false },
  ]

  static func interface(
    _ name: String, _ index: UInt32, _ addresses: [String],
    _ change: (inout InterfaceSnapshot.Interface) -> Void = { _ in }
  ) -> InterfaceSnapshot.Interface {
    var interface = InterfaceSnapshot.Interface(name: name, index: index, addresses: addresses.map(host))
    change(&interface)
    return interface
  }

  /// A view of these interfaces.
  /// - `route`: The index of the interface to which all routes lead.
  static func view(
    _ interfaces: [InterfaceSnapshot.Interface] = interfaces, otherNames: [String: UInt32] = ["sync": 3, "eth2:1": 3],
    route: UInt32 = 2
  ) -> InterfaceView {
    InterfaceView(
      snapshot: InterfaceSnapshot(interfaces: interfaces, otherNames: otherNames), route: { _ in route })
  }

  static func host(_ text: String) -> AnyIPAddress {
    AnyIPAddress(text) ?? .v6(IPv6Address(bits: 0))
  }

  static func address(_ text: String, port: UInt16 = 6464) -> SocketAddress {
    SocketAddress(host(ZonedHost(text).host), port: port)
  }
}
