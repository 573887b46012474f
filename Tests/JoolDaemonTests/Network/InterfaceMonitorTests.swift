import JoolCore
import Testing

@testable import JoolDaemon
@testable import JoolSession

/// Which interface is meant after something happened to the one that was found at the start.
@Suite struct InterfaceMonitorTests {
  private static let host = NetworkSamples.host("2001:db8:ff08::4")
  static let selectors: [(String, InterfaceSelector)] = [
    ("name", .name("eth2")), ("zone", .zone("eth2")), ("number", .zone("3")), ("address", .address(host, zone: nil)),
    ("address with zone", .address(host, zone: "eth2")), ("route", .route(to: NetworkSamples.host("ff08::1"))),
  ]

  /// The sync link after an event, and the index that is expected then; 0: none, wait.
  static let events: [(String, InterfaceSnapshot.Interface?, UInt32)] = [
    ("nothing", interface("eth2", 3), 3),
    ("removed", nil, 0),
    ("made anew", interface("eth2", 9), 9),
    ("made anew with the same index", interface("eth2", 3), 3),
    ("made anew with another address", interface("eth2", 9, "2001:db8:ff08::44"), 9),
    ("renamed", interface("sync0", 3), 3),
    ("renamed without its address", interface("sync0", 3, "fe80::9"), 3),
    ("address taken", interface("eth2", 3, "fe80::9"), 3),
  ]

  private static func interface(
    _ name: String, _ index: UInt32, _ address: String = "2001:db8:ff08::4"
  ) -> InterfaceSnapshot.Interface {
    NetworkSamples.interface(name, index, [address])
  }

  @Test(arguments: selectors.indices, events.indices) func follows(selector: Int, event: Int) {
    let (name, selector) = Self.selectors[selector]
    let (what, after, expected) = Self.events[event]
    let other = NetworkSamples.interface("eth0", 2, ["2001:db8::4"])
    var watch = InterfaceMonitor()
    let before = NetworkSamples.view([other, Self.interface("eth2", 3)], otherNames: [:], route: 3)
    #expect(watch.find(selector, in: before)?.index == 3)
    let now = NetworkSamples.view([other] + [after].compactMap { $0 }, otherNames: [:], route: after?.index ?? 0)
    #expect(watch.find(selector, in: now)?.index ?? 0 == expected, "\(name), \(what)")
    #expect(watch.find(selector, in: before)?.index == 3, "\(name), as before \(what)")
  }

  @Test(arguments: selectors.indices) func findsAnInterfaceThatIsMadeAnewUnderAnEarlierName(selector: Int) {
    let (name, selector) = Self.selectors[selector]
    var watch = InterfaceMonitor()
    for (interface, index) in [("eth2", 3), ("sync0", 3), ("eth2", 9)] as [(String, UInt32)] {
      let address = index == 3 ? "2001:db8:ff08::4" : "2001:db8:ff08::44"
      let view = NetworkSamples.view([Self.interface(interface, index, address)], otherNames: [:], route: index)
      #expect(watch.find(selector, in: view)?.index == index, "\(name), \(interface) \(index)")
    }
  }

  @Test func aNameThatAnotherInterfaceGotIsThatOne() {
    var watch = InterfaceMonitor()
    _ = watch.find(.name("eth2"), in: NetworkSamples.view())
    let now = NetworkSamples.view([Self.interface("old", 3), Self.interface("eth2", 9)], otherNames: [:])
    #expect(watch.find(.name("eth2"), in: now)?.index == 9)
  }

  @Test func anAddressThatMovedTakesItsInterfaceAlong() {
    var watch = InterfaceMonitor()
    let selector = InterfaceSelector(device: "2001:db8:ff08::4")
    _ = watch.find(selector, in: NetworkSamples.view())
    let now = NetworkSamples.view(
      [NetworkSamples.interface("eth2", 3, ["fe80::4"]), Self.interface("eth7", 9)], otherNames: [:])
    #expect(watch.find(selector, in: now)?.index == 9)
  }

  @Test func staysOnOneOfTwoInterfacesWithTheSameAddress() {
    var watch = InterfaceMonitor()
    let both = [Self.interface("eth2", 3), Self.interface("eth3", 4)]
    let selector = InterfaceSelector(device: "2001:db8:ff08::4")
    _ = watch.find(selector, in: NetworkSamples.view([both[1]], otherNames: [:]))
    #expect(watch.find(selector, in: NetworkSamples.view(both, otherNames: [:]))?.index == 4)
  }

  @Test func anAddressThatWasTakenIsNoSourceAnyMore() throws {
    let network = ProxyConfiguration.Network(group: "239.1.1.1", incomingInterface: "203.0.113.4")
    let names = try #require(GroupNames(network, address: NetworkSamples.address("239.1.1.1")))
    var watch = InterfaceMonitor()
    let before = try names.plan(in: NetworkSamples.view(), &watch)
    let now = NetworkSamples.view([NetworkSamples.interface("eth2", 3, ["203.0.113.44"])])
    let after = try names.plan(in: now, &watch)
    #expect(after != before)
    #expect(after.outgoing?.source == nil)
  }
}
