import JoolCore
import Testing

@testable import JoolDaemon
@testable import JoolSession

@Suite struct StatisticsAddressTests {
  private static func verify(
    _ text: String, port: UInt16 = 6401, beside links: [ProxyConfiguration.Link] = []
  ) throws(NetworkFault) {
    try StatisticsAddress(
      text: text, port: "\(port)", address: NetworkSamples.address(text, port: port),
      zone: ZonedHost(text).zone.map { .zone($0) }
    ).verify(beside: links, in: NetworkSamples.view())
  }

  static let refused: [(String, NetworkFault.Reason)] = [
    ("ff08::1", .multicast), ("239.1.1.1", .multicast), ("203.0.113.255", .broadcast),
    ("fe80::4", .linkLocalWithoutInterface), ("fe80::4%eth9", .noInterface("eth9")),
    ("fe80::4%eth0", .notOwn(interface: "eth0")), ("192.0.2.4%eth2", .notOwn(interface: "eth2")),
  ]

  @Test(arguments: refused.indices) func refusesAddressesThatCannotServe(index: Int) {
    let (text, reason) = Self.refused[index]
    #expect(throws: NetworkFault(.statisticsAddress, text, reason)) { try Self.verify(text) }
  }

  @Test(arguments: ["::", "::%eth2", "0.0.0.0", "127.0.0.1", "fe80::4%eth2", "fe80::4%3", "192.0.2.4"])
  func acceptsLocalAddresses(text: String) throws {
    try Self.verify(text)
  }

  @Test func refusesPortZero() {
    #expect(throws: NetworkFault(.statisticsPort, "0", .noPort)) { try Self.verify("::", port: 0) }
  }

  private static let group = ProxyConfiguration.Link.group(.init(group: "ff08::1", port: "6464"))
  private static let peers = ProxyConfiguration.Link.peers(
    .init(peers: [.init(host: "192.0.2.5", port: "1")], port: "6464"))
  static let taken: [(String, ProxyConfiguration.Link, Bool)] = [
    ("::", group, true), ("::1", group, false), ("0.0.0.0", group, false), ("::", peers, true),
    ("127.0.0.1", peers, true),
    ("::1", peers, false),
  ]

  @Test(arguments: taken.indices) func refusesThePortOfALink(index: Int) {
    let (text, link, isTaken) = Self.taken[index]
    let fault = NetworkFault(.statisticsPort, "6464", .portTaken(by: .groupPort))
    do throws(NetworkFault) {
      try Self.verify(text, port: 6464, beside: [link])
      #expect(!isTaken)
    } catch {
      #expect(isTaken && error == fault)
    }
  }
}
