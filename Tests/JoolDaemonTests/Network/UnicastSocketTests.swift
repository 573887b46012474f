import JoolCore
import Logging
import SystemPackage
import Testing

@testable import JoolDaemon
@testable import JoolSession

/// Links to peers by address, over the loopback network 127.0.0.0/8, and the peers' replacement after SIGHUP.
@Suite struct UnicastSocketTests {
  private static let silence = Logger(label: "") { _ in SwiftLogNoOpLogHandler() }

  private static func peers(_ hosts: [String], peerPort: Int, port: Int) -> ProxyConfiguration.Peers {
    ProxyConfiguration.Peers(peers: hosts.map { .init(host: $0, port: "\(peerPort)") }, port: "\(port)")
  }

  private static func send(_ bytes: [UInt8], on link: any SyncLink) throws(Errno) { try link.send(bytes.span.bytes) }

  private static func send(
    _ bytes: [UInt8], on links: SyncLinks, _ health: inout SendHealth
  ) throws(Errno) -> Errno? { try links.send(bytes.span.bytes, &health) }

  /// The first datagram that arrives within five seconds, and whether its sender is a peer.
  private static func receive(on link: any SyncLink) throws -> Bool {
    try #require(try isReadable(link.descriptor))
    var buffer = [UInt8](repeating: 0, count: SyncLinks.batch * SyncLinks.stride)
    return link.isPeer(try #require(try link.receive(into: &buffer).first))
  }

  @Test func acceptsPeersOnly() throws {
    let link = try UnicastSocket(
      Self.peers(["127.0.0.2", "127.0.0.3"], peerPort: 46_431, port: 46_430), besideGroup: false, log: Self.silence)
    let place = SocketAddress(NetworkSamples.host("127.0.0.1"), port: 46_430)
    for (host, isPeer) in [("127.0.0.2", true), ("127.0.0.4", false), ("127.0.0.3", true)] {
      let sender = try LocalSocket(host)
      let isSent = sender.send([1], to: place)
      #expect(isSent)
      #expect(try Self.receive(on: link) == isPeer, "\(host)")
    }
  }

  @Test func sendsToEveryPeer() throws {
    let receivers = [try Receiver("127.0.0.2", port: 46_433), try Receiver("127.0.0.3", port: 46_433)]
    let link = try UnicastSocket(
      Self.peers(["127.0.0.2", "127.0.0.3"], peerPort: 46_433, port: 46_432), besideGroup: false, log: Self.silence)
    try Self.send([1, 2], on: link)
    for receiver in receivers { #expect(try receiver.next() == [1, 2]) }
  }

  /// Addresses to which the kernel refuses to send, or to which nothing can be sent, are refused at the start, for
  /// `--check` and after SIGHUP, in all of which their names are looked up.
  @Test(arguments: [
    ("127.255.255.255", "6464", NetworkFault.Reason.broadcast), ("255.255.255.255", "6464", .broadcast),
    ("::ffff:127.255.255.255", "6464", .broadcast), ("0.0.0.0", "6464", .unspecified), ("0", "6464", .unspecified),
    ("::", "6464", .unspecified), ("239.64.64.64", "6464", .multicast), ("ff02::1%1", "6464", .multicast),
    ("127.0.0.2", "0", .noPort), ("localhost", "0", .noPort), ("localhost", "6463", .itself),
  ]) func whatCannotBeAPeerIsRefused(host: String, port: String, reason: NetworkFault.Reason) {
    let peers = ProxyConfiguration.Peers(peers: [.init(host: host, port: port)], port: "6463")
    let expected = ProxyError.network(NetworkFault(.peer, host, reason))
    #expect(throws: expected) { try UnicastSocket.lookUp(peers) }
    #expect(throws: expected) { try ProxyConfiguration(instance: .default, links: [.peers(peers)]).verify() }
    #expect(throws: expected) { try UnicastSocket(peers, besideGroup: false, log: Self.silence) }
  }

  /// An address to which the kernel refuses to send.
  ///
  /// It stands for a peer that cannot be reached later, because `lookUp` refuses it.
  private static func unreachable(port: UInt16) -> PeerAddress {
    let host = "127.255.255.255"
    return PeerAddress(text: host, address: SocketAddress(NetworkSamples.host(host), port: port), zone: nil)
  }

  @Test func aPeerThatCannotBeReachedDoesNotKeepTheOthersFromTheirs() throws {
    let receiver = try Receiver("127.0.0.3", port: 46_435)
    let peers = Self.peers(["127.0.0.3"], peerPort: 46_435, port: 46_434)
    let link = try UnicastSocket(peers, besideGroup: false, log: Self.silence)
    try link.use([Self.unreachable(port: 46_435)] + UnicastSocket.lookUp(peers))
    try Self.send([3], on: link)
    #expect(try receiver.next() == [3])
  }

  @Test func aLinkOnWhichNobodyCanBeReachedFails() throws {
    let link = try UnicastSocket(
      Self.peers(["127.0.0.3"], peerPort: 46_443, port: 46_442), besideGroup: false, log: Self.silence)
    try link.use([Self.unreachable(port: 46_443)])
    #expect(throws: Errno.permissionDenied) { try Self.send([3], on: link) }
  }

  /// A peer's closed port is no reason to postpone datagrams, or to report that the link has failed.
  @Test(arguments: ["127.0.0.2", "::1"]) func aPeerWithoutAProxyIsNoError(host: String) throws {
    let link = try UnicastSocket(
      Self.peers([host], peerPort: 46_449, port: 46_448), besideGroup: false, log: Self.silence)
    var buffer = [UInt8](repeating: 0, count: SyncLinks.batch * SyncLinks.stride)
    for _ in 0..<3 {
      try Self.send([3], on: link)
      // The kernel has received its own ICMP error by the time that sendto(2) returns.
      #expect(try link.receive(into: &buffer).isEmpty)
    }
  }

  /// One of two links works.
  ///
  /// The failure is known all the same.
  @Test func theLinkThatFailsIsNamed() throws {
    let group = ProxyConfiguration.Link.group(.init(group: "239.64.64.69", port: "46444", incomingInterface: "lo"))
    let peers = Self.peers(["127.0.0.3"], peerPort: 46_445, port: 46_446)
    var links = try SyncLinks([group, .peers(peers)], log: Self.silence)
    try links.use(peers, at: [Self.unreachable(port: 46_445)])
    var health = SendHealth(links: links.names)
    let failure = try Self.send([3], on: links, &health)
    #expect(failure == .permissionDenied)
    #expect(health.trouble == "127.0.0.3: \(Errno.permissionDenied)")
    var alone = try SyncLinks([.peers(Self.peers(["127.0.0.3"], peerPort: 46_445, port: 46_447))], log: Self.silence)
    try alone.use(peers, at: [Self.unreachable(port: 46_445)])
    #expect(throws: Errno.permissionDenied) { _ = try Self.send([3], on: alone, &health) }
  }

  @Test func newPeersReplaceTheOldOnes() throws {
    let old = Self.peers(["127.0.0.2"], peerPort: 46_437, port: 46_436)
    let new = Self.peers(["127.0.0.3"], peerPort: 46_437, port: 46_436)
    var links = try SyncLinks([.peers(old)], log: Self.silence)
    let descriptor = links.links[0].descriptor
    #expect(links.replacement(in: [.peers(new)]) == new)
    try links.use(new, at: try UnicastSocket.lookUp(new))
    #expect(links.current == [.peers(new)])
    #expect(links.links[0].descriptor == descriptor, "no datagram is lost")
    let place = SocketAddress(NetworkSamples.host("127.0.0.1"), port: 46_436)
    for (host, isPeer) in [("127.0.0.2", false), ("127.0.0.3", true)] {
      let sender = try LocalSocket(host)
      let isSent = sender.send([1], to: place)
      #expect(isSent)
      #expect(try Self.receive(on: links.links[0]) == isPeer, "\(host)")
    }
  }

  @Test func peersOfTheOtherVersionReplaceNobody() throws {
    let old = Self.peers(["127.0.0.2"], peerPort: 46_439, port: 46_438)
    let new = Self.peers(["2001:db8::1"], peerPort: 46_439, port: 46_438)
    var links = try SyncLinks([.peers(old)], log: Self.silence)
    let addresses = try UnicastSocket.lookUp(new)
    #expect(throws: ProxyError.mixedPeers("2001:db8::1")) { try links.use(new, at: addresses) }
    #expect(links.current == [.peers(old)])
  }

  /// A group, a number of links or an own port cannot change without a restart.
  @Test func onlyPeersWithTheSameOwnPortReplaceOthers() throws {
    let old = Self.peers(["127.0.0.2"], peerPort: 46_441, port: 46_440)
    let links = try SyncLinks([.peers(old)], log: Self.silence)
    #expect(links.replacement(in: []) == nil)
    #expect(links.replacement(in: [.group(.init(group: "239.64.64.64"))]) == nil)
    #expect(links.replacement(in: [.peers(Self.peers(["127.0.0.3"], peerPort: 46_441, port: 46_442))]) == nil)
  }
}

/// A peer's socket, in a form that arrays can hold.
private final class Receiver {
  private let socket: LocalSocket

  init(_ host: String, port: UInt16) throws { socket = try LocalSocket(host, port: port) }

  func next() throws -> [UInt8]? { try socket.receive() }
}
