import Glibc
import JoolCore
import Logging
import SystemPackage
import Testing

@testable import JoolDaemon
@testable import JoolSession

/// Real sockets, on the loopback interface or without sending.
@Suite struct SyncLinkTests {
  private static let silence = Logger(label: "") { _ in SwiftLogNoOpLogHandler() }

  private static func group(_ group: String, _ device: String?, port: Int) -> ProxyConfiguration.Link {
    .group(ProxyConfiguration.Network(group: group, port: "\(port)", incomingInterface: device))
  }

  private static func peers(_ peers: [String], port: Int) -> ProxyConfiguration.Link {
    let peers = peers.map { ProxyConfiguration.Peers.Peer(host: $0, port: "\(port + 1)") }
    return .peers(ProxyConfiguration.Peers(peers: peers, port: "\(port)"))
  }

  private static func send(_ bytes: [UInt8], on links: SyncLinks) throws -> Errno? {
    var health = SendHealth(links: links.names)
    return try links.send(bytes.span.bytes, &health)
  }

  /// What arrives within a second.
  private static func receive(on link: any SyncLink) throws -> [UInt8]? {
    var request = pollfd(fd: link.descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&request, 1, 1000) == 1 else { return nil }
    var buffer = [UInt8](repeating: 0, count: SyncLinks.batch * SyncLinks.stride)
    let arrivals = try link.receive(into: &buffer)
    let first = try #require(arrivals.first)
    #expect(link.isPeer(first))
    return Array(buffer[..<first.length])
  }

  @Test func aGroupHears() throws {
    let links = try SyncLinks([Self.group("239.64.64.64", "lo", port: 46_401)], log: Self.silence)
    #expect(try Self.send([1, 2, 3], on: links) == nil)
    #expect(try Self.receive(on: links.links[0]) == [1, 2, 3])
  }

  @Test func peersOfOneMachineHearEachOther() throws {
    let left = try SyncLinks([Self.peers(["127.0.0.1"], port: 46_402)], log: Self.silence)
    let right = try SyncLinks([Self.peers(["127.0.0.1"], port: 46_403)], log: Self.silence)
    #expect(try Self.send([4, 5], on: left) == nil)
    #expect(try Self.receive(on: right.links[0]) == [4, 5])
  }

  @Test func aPeerBehindAZoneIsReachedThroughThatInterface() throws {
    let left = try SyncLinks([Self.peers(["127.0.0.1%lo"], port: 46_405)], log: Self.silence)
    let right = try SyncLinks([Self.peers(["127.0.0.1%1"], port: 46_406)], log: Self.silence)
    #expect(try Self.send([6], on: left) == nil)
    #expect(try Self.receive(on: right.links[0]) == [6])
  }

  /// The kernel says when, so that what waited while the proxy was stopped is not taken for new.
  @Test(arguments: [
    (group("239.64.64.68", "lo", port: 46_420), group("239.64.64.68", "lo", port: 46_420)),
    (peers(["127.0.0.1"], port: 46_421), peers(["127.0.0.1"], port: 46_422)),
    (peers(["::1"], port: 46_423), peers(["::1"], port: 46_424)),
  ]) func tellsWhenADatagramCame(sender: ProxyConfiguration.Link, receiver: ProxyConfiguration.Link) throws {
    let here = try SyncLinks([sender], log: Self.silence)
    let there = try SyncLinks([receiver], log: Self.silence)
    // The kernel begins to stamp datagrams some time after the first socket wants that, late on a busy machine.
    var buffer = [UInt8](repeating: 0, count: SyncLinks.batch * SyncLinks.stride)
    for _ in 0..<100 {
      #expect(try Self.send([0], on: here) == nil)
      usleep(20_000)
      if try there.links[0].receive(into: &buffer).first.map({ $0.waited > .milliseconds(15) }) == true { break }
    }
    let began = ReceivedDatagram.wallClock
    #expect(try Self.send([1], on: here) == nil)
    usleep(300_000)
    #expect(try Self.send([2], on: here) == nil)
    var request = pollfd(fd: there.links[0].descriptor, events: Int16(POLLIN), revents: 0)
    try #require(poll(&request, 1, 1000) == 1)
    let arrivals = try there.links[0].receive(into: &buffer)
    try #require(arrivals.count == 2)
    let most = Duration.nanoseconds(ReceivedDatagram.wallClock - began)
    #expect(arrivals[0].waited >= .milliseconds(295) && arrivals[0].waited <= most)
    #expect(arrivals[0].waited - arrivals[1].waited >= .milliseconds(295))
    #expect(arrivals[1].waited > .zero)
  }

  /// They have the same port, unless the user says otherwise.
  @Test func aGroupAndPeersCanBothBeLinks() throws {
    let both = [Self.group("239.64.64.65", "lo", port: 46_408), Self.peers(["127.0.0.1"], port: 46_408)]
    let links = try SyncLinks(both, log: Self.silence)
    #expect(links.links.count == 2)
    #expect(try Self.send([7], on: links) == nil)
    #expect(try Self.receive(on: links.links[0]) == [7])
  }

  @Test func aHealthyLinkIsLeftAlone() throws {
    let link = try MulticastSocket(
      ProxyConfiguration.Network(group: "239.64.64.66", port: "46411", incomingInterface: "127.0.0.1"),
      log: Self.silence)
    let descriptor = link.descriptor
    #expect(try !link.heal(log: Self.silence))
    #expect(link.descriptor == descriptor)
  }

  /// An interface of this machine that takes IPv6 multicast.
  private static let link = InterfaceSnapshot.now().interfaces.first {
    $0.isRunning && $0.takesMulticast && $0.hasAddress(isIPv6: true)
  }

  @Test(.enabled(if: link != nil, "needs an interface with IPv6 and multicast"), arguments: ["ff02", "ff12"])
  func opensLinkLocalGroups(scope: String) throws {
    let interface = try #require(Self.link)
    for zone in [interface.name, "\(interface.index)"] {
      let links = try SyncLinks([Self.group("\(scope)::db8:64:64%\(zone)", nil, port: 46_412)], log: Self.silence)
      #expect(links.links[0].descriptor >= 0)
      #expect(links.path == PathMTU(mtu: links.links[0].mtu ?? 0))
    }
  }

  @Test func knowsTheMTUOfEveryKindOfWay() throws {
    let ways = [
      Self.group("239.64.64.67", "lo", port: 46_414), Self.group("239.64.64.67", "127.0.0.1", port: 46_414),
      Self.group("239.64.64.67%lo", nil, port: 46_414), Self.peers(["::1"], port: 46_414),
      Self.peers(["127.0.0.1%lo"], port: 46_414),
    ]
    // A route of IPv4 tells 65,535 of the 65,536.
    for way in ways { #expect((try SyncLinks([way], log: Self.silence).links[0].mtu ?? 0) >= 65_535, "\(way)") }
  }

  @Test(arguments: ["0", "", "00"]) func refusesPortsThatAreNone(port: String) {
    let group = ProxyConfiguration.Link.group(
      ProxyConfiguration.Network(group: "239.64.64.64", port: port, incomingInterface: "lo"))
    let peers = ProxyConfiguration.Link.peers(.init(peers: [.init(host: "192.0.2.5", port: "6464")], port: port))
    for link in [group, peers] {
      #expect(throws: ProxyError.network(NetworkFault(.groupPort, port, .noPort))) {
        try SyncLinks([link], log: Self.silence)
      }
    }
    #expect(throws: ProxyError.network(NetworkFault(.statisticsPort, port, .noPort))) {
      _ = try StatisticsSocket(.init(port: port), beside: [], isTrial: true, log: Self.silence)
    }
  }

  @Test(arguments: ["-1", "+1", " 1", "70000", "99999999999999999999999", "no such service"])
  func refusesPortsThatOnlyCWouldTake(port: String) {
    #expect(throws: ProxyError.lookupFailed(address: "239.64.64.64", port: port, code: EAI_SERVICE)) {
      try SyncLinks(
        [.group(ProxyConfiguration.Network(group: "239.64.64.64", port: port, incomingInterface: "lo"))],
        log: Self.silence)
    }
  }

  @Test func aTrialOfTheStatisticsServerNeedsNoFreePort() throws {
    let taken = try StatisticsSocket(.init(address: "::1", port: "46416"), beside: [], log: Self.silence)
    #expect(taken.descriptor >= 0)
    _ = try StatisticsSocket(.init(address: "::1", port: "46416"), beside: [], isTrial: true, log: Self.silence)
    #expect(throws: ProxyError.statisticsUnavailable(address: "192.0.2.199", port: "46416", .addressNotAvailable)) {
      _ = try StatisticsSocket(
        .init(address: "192.0.2.199", port: "46416"), beside: [], isTrial: true, log: Self.silence)
    }
  }
}
