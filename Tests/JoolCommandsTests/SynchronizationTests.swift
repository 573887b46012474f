import JoolDaemon
import JoolSession
import Testing

@testable import JoolCommands
@testable import JoolCore

/// Tests of `session follow`, `session proxy` and `session advertise`, up to the start of the event loop.
@Suite struct SynchronizationTests {
  private static func bench() -> TestBench {
    let bench = TestBench()
    bench.run("jool instance add -6 64:ff9b::/96")
    return bench
  }

  private static let missing =
    "Error: The kernel module returned error 3: This namespace lacks an instance named 'nope'.\n"

  @Test(arguments: ["session follow", "session proxy ff08::db8:64:64"])
  func failsAtOnceIfTheInstanceIsMissing(command: String) {
    #expect(Self.bench().run("jool -i nope \(command)") == Outcome(error: Self.missing, status: 3))
  }

  @Test func warnsIfSynchronizationIsDisabled() throws {
    let bench = Self.bench()
    let error = bench.error(of: "jool") { (context) throws(CommandFailure) in
      _ = try SynchronizationCheck.run(in: context)
    }
    #expect(
      error == """
        Warning: Session synchronization is disabled in instance 'default', so it announces no sessions.
        Enable it with: jool global update ss-enabled true

        """)
    bench.run("jool global update ss-enabled true")
    let silence = bench.error(of: "jool") { (context) throws(CommandFailure) in
      _ = try SynchronizationCheck.run(in: context)
    }
    #expect(silence.isEmpty)
  }

  @Test func printsFollowedSessionsLikeTheCClient() throws {
    let session = SessionEntry(
      proto: .udp, source6: try TransportAddress(argument: "2001:db8::8#40011"),
      destination6: try TransportAddress(argument: "64:ff9b::c000:209#1234"),
      source4: try TransportAddress(argument: "192.0.2.1#61011"),
      destination4: try TransportAddress(argument: "192.0.2.9#1234"), expiration: Milliseconds(299_972))
    let output = OutputSink()
    output.printLine(capacity: 512) { SessionFollow.write(session, to: &$0) }
    #expect(output.text == "UDP,2001:db8::8,40011,192.0.2.1,61011,192.0.2.9,1234,0:04:59.972\n")
  }

  @Test func requiresAMulticastAddress() {
    let outcome = Self.bench().run("jool session proxy")
    #expect(outcome == Outcome(error: "Error: The multicast address is mandatory.\n", status: 22))
  }

  @Test func acceptsTheMulticastAddressAsAnOption() {
    #expect(Self.bench().run("jool -i nope session proxy --net.mcast.addr ff08::1").error == Self.missing)
    #expect(Self.bench().run("jool session proxy --net.mcast.addr ff08::1 ff08::1").status == 64)
    #expect(Self.bench().run("jool -i nope session proxy --net.mcast 6464 ff08::1").error == Self.missing)
  }

  @Test func splitsAPeerIntoHostAndPort() throws {
    for (text, host, port) in [
      ("k.example", "k.example", ""), ("k.example:7000", "k.example", "7000"), ("2001:db8::5", "2001:db8::5", ""),
      ("[2001:db8::5]", "2001:db8::5", ""), ("[fe80::5%eth0]:7000", "fe80::5%eth0", "7000"),
    ] {
      #expect(try LinkOptions.peer(text) == .init(host: host, port: port))
    }
  }

  @Test(arguments: ["", ":7000", "k:", "[::1", "[::1]7000", "[::1]:", "[]:7000"])
  func refusesAnInvalidPeer(text: String) {
    #expect(throws: ArgumentError.notPeer(text)) { try LinkOptions.peer(text) }
  }

  @Test func limitsTheTimeToLive() {
    #expect(Self.bench().run("jool session proxy -t 256 ff08::1").error == "Error: '256' is out of bounds (0-255).\n")
    #expect(Self.bench().run("jool session proxy -t x ff08::1").status == 1)
  }

  @Test func printsTheConfigurationInTheBanner() {
    var arguments = ProxyArguments(network: LinkOptions(multicastAddress: "ff08::db8:64:64", timeToLive: 3))
    #expect(
      arguments.banner(instance: "default") == """
        Config:
          mod.instance: default
          net.mcast.addr: ff08::db8:64:64
          net.mcast.port: 6400
          net.dev.in: (null)
          net.dev.out: (null)
          net.ttl: 3

        joold is intended as a daemon, so it outputs straight to syslog.
        The standard streams will mostly shut up from now on.
        ---------------------------------------------

        """)
    arguments.statistics.port = "45678"
    #expect(
      arguments.banner(instance: "default").contains("net.ttl: 3\n  stats.addr: ::\n  stats.port: 45678\n\njoold"))
  }

  @Test func servesStatisticsOnlyOnRequest() throws {
    var arguments = ProxyArguments(network: LinkOptions(multicastAddress: "ff08::1"))
    #expect(arguments.configuration(instance: .default, links: []).statistics == nil)
    arguments.statistics.address = "127.0.0.1"
    #expect(
      arguments.configuration(instance: .default, links: []).statistics
        == ProxyConfiguration.Statistics(address: "127.0.0.1", port: "6401"))
  }

  @Test func pairsInputAndOutputDevicesIntoLinks() throws {
    var arguments = ProxyArguments(network: LinkOptions(multicastAddress: "ff08::1"))
    func devices() throws -> [[String?]] {
      try arguments.network.links().map {
        guard case .group(let network) = $0 else { return [] }
        return [network.incomingInterface, network.outgoingInterface]
      }
    }
    #expect(try devices() == [[nil, nil]])
    arguments.network.inputDevices = ["eth2", "eth3"]
    #expect(try devices() == [["eth2", nil], ["eth3", nil]])
    arguments.network.outputDevices = ["eth4", "eth5"]
    #expect(try devices() == [["eth2", "eth4"], ["eth3", "eth5"]])
    #expect(arguments.banner(instance: "default").contains("  net.dev.in: eth2, eth3\n"))
    #expect(
      Self.bench().run("jool session proxy -i eth2 -i eth3 -o eth2 ff08::1").error
        == "Error: Each --net.dev.in needs one --net.dev.out, because each pair is a link (or leave one of the two "
        + "options out). The interfaces are eth2, eth3 for --net.dev.in, and eth2 for --net.dev.out.\n")
  }

  @Test func acceptsPeersWithoutAGroup() throws {
    let options = LinkOptions(
      port: "6464", peers: [.init(host: "k", port: ""), .init(host: "l", port: "1")])
    #expect(
      try options.links() == [
        .peers(.init(peers: [.init(host: "k", port: "6464"), .init(host: "l", port: "1")], port: "6464"))
      ])
  }

  @Test func advertisesThroughARunningProxy() {
    let bench = Self.bench()
    bench.proxyAnswer = { (_) throws(ProxyControl.Failure) in 5 }
    #expect(bench.run("jool session advertise") == Outcome())
    bench.proxyAnswer = { (_) throws(ProxyControl.Failure) in throw .refused("the instance is away") }
    #expect(
      bench.run("jool session advertise")
        == Outcome(error: "Error: The session proxy answered: the instance is away\n", status: 95))
  }

  @Test func refusesToAdvertiseWithAnOldModule() {
    let bench = Self.bench()
    bench.kernel.version = ModuleVersion(4, 1, 9)
    let outcome = bench.run("jool session advertise")
    #expect(outcome.status == 95)
    #expect(outcome.error.hasPrefix("Error: Modules before 4.1.11 cannot advertise, and this one is 4.1.9.0.\n"))
    #expect(!bench.kernel.requests.contains(.sessionSyncAdvertise))
  }
}
