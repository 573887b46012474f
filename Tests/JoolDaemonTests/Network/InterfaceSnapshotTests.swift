import Glibc
import JoolCore
import Testing

@testable import JoolDaemon
@testable import JoolSession

/// The kernel's own list of interfaces and its routes.
@Suite struct InterfaceSnapshotTests {
  private static let loopback = InterfaceSnapshot.now()["lo"]

  @Test(.enabled(if: loopback != nil, "needs the interface lo")) func readsTheLoopbackInterface() throws {
    let interface = try #require(Self.loopback)
    #expect(interface.index == if_nametoindex("lo"))
    #expect(interface.isLoopback)
  }

  /// The kernel refuses to send to them, so they must be refused as addresses of peers.
  @Test(.enabled(if: loopback?.hasAddress(isIPv6: false) == true, "needs the address 127.0.0.1/8"))
  func findsBroadcastAddresses() throws {
    #expect(try #require(Self.loopback).broadcasts == [IPv4Address("127.255.255.255")])
    let snapshot = InterfaceSnapshot.now()
    for host in ["127.255.255.255", "255.255.255.255"] { #expect(snapshot.isBroadcast(NetworkSamples.host(host))) }
    for host in ["127.0.0.1", "127.255.255.254", "::1"] { #expect(!snapshot.isBroadcast(NetworkSamples.host(host))) }
  }

  @Test(.enabled(if: loopback?.hasAddress(isIPv6: false) == true, "needs the address 127.0.0.1"))
  func findsInterfacesByTheirAddressesAndRoutes() throws {
    let interface = try #require(Self.loopback)
    let address = NetworkSamples.host("127.0.0.1")
    #expect(InterfaceSnapshot.now().having(address).map(\.index).contains(interface.index))
    #expect(InterfaceSnapshot.route(to: address) == interface.index)
  }

  @Test(.enabled(if: loopback?.hasAddress(isIPv6: true) == true, "needs the address ::1"))
  func findsTheRouteOfIPv6() throws {
    #expect(InterfaceSnapshot.route(to: NetworkSamples.host("::1")) == Self.loopback?.index)
  }
}
