import Glibc
import JoolCore
import Logging
import SystemPackage
import Testing

@testable import JoolDaemon
@testable import JoolSession

/// Tests with real sockets, which send only on the loopback interface.
@Suite struct SyncLinkTests {
  private static let noLog = Logger(label: "") { _ in SwiftLogNoOpLogHandler() }

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

  /// The first datagram that arrives within a second; `nil` if none arrives.
  private static func receive(on link: any SyncLink) throws -> [UInt8]? {
    var request = pollfd(fd: link.descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&request, 1, 1000) == 1 else { return nil }
    var buffer = [UInt8](repeating: 0, count: SyncLinks.batch * SyncLinks.stride)
    let arrivals = try link.receive(into: &buffer)
    let first = try #require(arrivals.first)
    #expect(link.isPeer(first))
    return Array(buffer[..<first.length])
  }

  @Test func sendsToAGroup() throws {
    let links = try SyncLinks([Self.group("239.64.64.64", "lo", port: 46_401)], log: Self.noLog)
    #expect(try Self.send([1, 2, 3], on: links) == nil)
    #expect(try Self.receive(on: links.links[0]) == [1, 2, 3])
  }

  @Test func sendsBetweenPeersOnOneMachine() throws {
    let left = try SyncLinks([Self.peers(["127.0.0.1"], port: 46_402)], log: Self.noLog)
    let right = try SyncLinks([Self.peers(["127.0.0.1"], port: 46_403)], log: Self.noLog)
    #expect(try Self.send([4, 5], on: left) == nil)
    #expect(try Self.receive(on: right.links[0]) == [4, 5])
  }

  @Test func reachesAPeerThroughTheInterfaceOfItsZone() throws {
    let left = try SyncLinks([Self.peers(["127.0.0.1%lo"], port: 46_405)], log: Self.noLog)
    let right = try SyncLinks([Self.peers(["127.0.0.1%1"], port: 46_406)], log: Self.noLog)
    #expect(try Self.send([6], on: left) == nil)
    #expect(try Self.receive(on: right.links[0]) == [6])
  }

  /// The kernel stamps datagrams, so that the proxy does not treat old datagrams as new after it was stopped.
  ///
  /// This sleeps in fact, because the stamps are times of the kernel's clock, which a test cannot set.
  @Test(arguments: [
    (group("239.64.64.68", "lo", port: 46_420), group("239.64.64.68", "lo", port: 46_420)),
    (peers(["127.0.0.1"], port: 46_421), peers(["127.0.0.1"], port: 46_422)),
    (peers(["::1"], port: 46_423), peers(["::1"], port: 46_424)),
  ]) func measuresHowLongADatagramWaited(sender: ProxyConfiguration.Link, receiver: ProxyConfiguration.Link) throws {
    let senders = try SyncLinks([sender], log: Self.noLog)
    let receivers = try SyncLinks([receiver], log: Self.noLog)
    // The kernel starts to stamp datagrams some time after the first socket requests it, later on a busy machine.
    var buffer = [UInt8](repeating: 0, count: SyncLinks.batch * SyncLinks.stride)
    for _ in 0..<100 {
      #expect(try Self.send([0], on: senders) == nil)
      usleep(20_000)
      if try receivers.links[0].receive(into: &buffer).first.map({ $0.waited > .milliseconds(15) }) == true { break }
    }
    let start = ReceivedDatagram.wallClock
    #expect(try Self.send([1], on: senders) == nil)
    usleep(50_000)
    #expect(try Self.send([2], on: senders) == nil)
    var request = pollfd(fd: receivers.links[0].descriptor, events: Int16(POLLIN), revents: 0)
    try #require(poll(&request, 1, 1000) == 1)
    let arrivals = try receivers.links[0].receive(into: &buffer)
    try #require(arrivals.count == 2)
    let most = TimeAmount.nanoseconds(ReceivedDatagram.wallClock - start)
    #expect(arrivals[0].waited >= .milliseconds(49) && arrivals[0].waited <= most)
    #expect(arrivals[0].waited - arrivals[1].waited >= .milliseconds(49))
    #expect(arrivals[1].waited > .zero)
  }

  /// Both links use the same port by default.
  @Test func combinesAGroupAndPeers() throws {
    let both = [Self.group("239.64.64.65", "lo", port: 46_408), Self.peers(["127.0.0.1"], port: 46_408)]
    let links = try SyncLinks(both, log: Self.noLog)
    #expect(links.links.count == 2)
    #expect(try Self.send([7], on: links) == nil)
    #expect(try Self.receive(on: links.links[0]) == [7])
  }

  @Test func doesNotReopenAWorkingLink() throws {
    let link = try MulticastSocket(
      ProxyConfiguration.Network(group: "239.64.64.66", port: "46411", incomingInterface: "127.0.0.1"),
      log: Self.noLog)
    let descriptor = link.descriptor
    #expect(try !link.heal(log: Self.noLog))
    #expect(link.descriptor == descriptor)
  }

  /// An interface of this machine with IPv6 and multicast, if there is one.
  private static let link = InterfaceSnapshot.now().interfaces.first {
    $0.isRunning && $0.takesMulticast && $0.hasAddress(isIPv6: true)
  }

  @Test(.enabled(if: link != nil, "needs an interface with IPv6 and multicast"), arguments: ["ff02", "ff12"])
  func opensLinkLocalGroups(scope: String) throws {
    let interface = try #require(Self.link)
    for zone in [interface.name, "\(interface.index)"] {
      let links = try SyncLinks([Self.group("\(scope)::db8:64:64%\(zone)", nil, port: 46_412)], log: Self.noLog)
      #expect(links.links[0].descriptor >= 0)
      #expect(links.path == PathMTU(mtu: links.links[0].mtu ?? 0))
    }
  }

  @Test func findsTheMTUOfEveryKindOfLink() throws {
    let kinds = [
      Self.group("239.64.64.67", "lo", port: 46_414), Self.group("239.64.64.67", "127.0.0.1", port: 46_414),
      Self.group("239.64.64.67%lo", nil, port: 46_414), Self.peers(["::1"], port: 46_414),
      Self.peers(["127.0.0.1%lo"], port: 46_414),
    ]
    // The MTU of the loopback interface is 65,536, but IPv4 routes limit it to 65,535.
    for kind in kinds { #expect((try SyncLinks([kind], log: Self.noLog).links[0].mtu ?? 0) >= 65_535, "\(kind)") }
  }

  @Test(arguments: ["0", "", "00"]) func refusesPortZeroAndAnEmptyPort(port: String) {
    let group = ProxyConfiguration.Link.group(
      ProxyConfiguration.Network(group: "239.64.64.64", port: port, incomingInterface: "lo"))
    let peers = ProxyConfiguration.Link.peers(.init(peers: [.init(host: "192.0.2.5", port: "6464")], port: port))
    for link in [group, peers] {
      #expect(throws: ProxyError.network(NetworkFault(.groupPort, port, .noPort))) {
        try SyncLinks([link], log: Self.noLog)
      }
    }
    #expect(throws: ProxyError.network(NetworkFault(.statisticsPort, port, .noPort))) {
      _ = try StatisticsSocket(.init(port: port), beside: [], isTrial: true, log: Self.noLog)
    }
  }

  @Test(arguments: ["-1", "+1", " 1", "70000", "99999999999999999999999", "no such service"])
  func refusesInvalidPorts(port: String) {
    #expect(throws: ProxyError.lookupFailed(address: "239.64.64.64", port: port, code: EAI_SERVICE)) {
      try SyncLinks(
        [.group(ProxyConfiguration.Network(group: "239.64.64.64", port: port, incomingInterface: "lo"))],
        log: Self.noLog)
    }
  }

  @Test func verifiesTheStatisticsAddressWithoutAFreePort() throws {
    let taken = try StatisticsSocket(.init(address: "::1", port: "46416"), beside: [], log: Self.noLog)
    #expect(taken.descriptor >= 0)
    _ = try StatisticsSocket(.init(address: "::1", port: "46416"), beside: [], isTrial: true, log: Self.noLog)
    #expect(throws: ProxyError.statisticsUnavailable(address: "192.0.2.199", port: "46416", .addressNotAvailable)) {
      _ = try StatisticsSocket(
        .init(address: "192.0.2.199", port: "46416"), beside: [], isTrial: true, log: Self.noLog)
    }
  }
}
