import JoolCore
import Testing

@testable import JoolDaemon
@testable import JoolSession

@Suite struct PeerAddressTests {
  private static func peer(_ text: String, port: UInt16 = 6464) -> PeerAddress {
    PeerAddress(text: text, address: NetworkSamples.address(text, port: port), zone: ZonedHost(text).zone)
  }

  static let refused: [(String, UInt16, NetworkFault.Reason)] = [
    ("2001:db8::5", 0, .noPort), ("::", 6464, .unspecified), ("0.0.0.0", 6464, .unspecified),
    ("ff08::1", 6464, .multicast), ("239.1.1.1", 6464, .multicast), ("::ffff:239.1.1.1", 6464, .multicast),
    ("255.255.255.255", 6464, .broadcast), ("203.0.113.255", 6464, .broadcast),
    ("::ffff:203.0.113.255", 6464, .broadcast), ("::ffff:0.0.0.0", 6464, .unspecified), ("192.0.2.5", 0, .noPort),
    ("fe80::5", 6464, .linkLocalWithoutInterface), ("fe80::5%eth9", 6464, .noInterface("eth9")),
    ("fe80::5%", 6464, .noInterface("")), ("fe80::5%eth4", 6464, .noAddress(interface: "eth4", isIPv6: true)),
    ("192.0.2.5%eth6", 6464, .noAddress(interface: "eth6", isIPv6: false)),
    ("2001:db8:ff08::4", 6464, .itself), ("203.0.113.4", 6464, .itself), ("::ffff:203.0.113.4", 6464, .itself),
    ("127.0.0.9", 6464, .itself), ("::1", 6464, .itself), ("fe80::4%eth2", 6464, .itself),
  ]

  @Test(arguments: refused.indices) func refusesInvalidPeers(index: Int) {
    let (text, port, reason) = Self.refused[index]
    #expect(throws: NetworkFault(.peer, text, reason)) {
      try Self.peer(text, port: port).verify(ownPort: 6464, in: NetworkSamples.view())
    }
  }

  static let accepted: [(String, UInt16)] = [
    ("2001:db8::5", 6464), ("192.0.2.5", 6464), ("fe80::5%eth2", 6464), ("fe80::5%3", 6464), ("fe80::5%sync", 6464),
    ("2001:db8::5%eth2", 6464), ("fe80::5%cable", 6464), ("::1", 6465), ("203.0.113.4", 6465),
    // A peer on this link may have the same link-local address as this node on another link.
    ("fe80::4%eth0", 6464),
  ]

  @Test(arguments: accepted.indices) func acceptsValidPeers(index: Int) throws {
    let (text, port) = Self.accepted[index]
    try Self.peer(text, port: port).verify(ownPort: 6464, in: NetworkSamples.view())
  }

  @Test func followsTheInterfaceOfALinkLocalPeer() {
    var watch = InterfaceMonitor()
    let peer = Self.peer("fe80::5%eth2")
    #expect(peer.way(in: NetworkSamples.view(), &watch)?.address.scope == 3)
    #expect(peer.way(in: NetworkSamples.view([]), &watch) == nil)
    let anew = NetworkSamples.view([NetworkSamples.interface("eth2", 9, [])])
    #expect(peer.way(in: anew, &watch)?.address.scope == 9)
  }

  @Test func usesTheZoneOfOtherAddressesAsInterface() {
    var watch = InterfaceMonitor()
    let way = Self.peer("192.0.2.5%eth2").way(in: NetworkSamples.view(), &watch)
    #expect(way?.interface == 3)
    #expect(way?.address.scope == 0)
  }
}
