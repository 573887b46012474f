import JoolDaemon
import JoolSession
import TestSupport
import Testing

@testable import JoolCommands
@testable import JoolCore

/// `--socket`, and the socket that is found by the name of the instance.
@Suite struct SocketTests {
  static let path = "/run/jool/campus.sock"

  /// A bench with a module, and with a mirror's socket at `path`.
  static func bench(isLoaded: Bool = true) throws -> TestBench {
    let bench = TestBench()
    if !isLoaded { bench.kernel.loaded = [] }
    let now = Instant.now
    let empty = SessionTable(pool6: .wellKnown, now: now)
    var table = try #require(empty)
    table.keepMasksInOrder()
    for number in 0..<3 { _ = table.upsert(.sample(number), now: now) }
    let name = try #require(InstanceName("campus"))
    var profile = ModuleProfile(
      instance: InstanceEntry(namespace: 0, framework: .netfilter, name: name), pool6: .wellKnown)
    profile.advertisement = .possible
    bench.sockets[path] = { [table, profile] in
      var responder = ModuleResponder(profile: profile)
      var replies: [[UInt8]] = []
      return AnyTransport(
        socketPath: path,
        send: { (datagram) throws(JoolError) in replies += responder.respond(to: datagram, table: table, now: now) },
        receive: { (_) throws(JoolError) in replies.isEmpty ? nil : replies.removeFirst() })
    }
    return bench
  }

  private static func lacks(_ name: String) -> String {
    "Error: The kernel module returned error 3: This namespace lacks an instance named '\(name)'.\n"
  }

  @Test func asksTheSocket() throws {
    let bench = try Self.bench()
    bench.run("jool instance add campus --netfilter --pool6 64:ff9b::/96")
    #expect(bench.run("jool -i campus session count --udp").output == "UDP: 0\n")
    #expect(bench.run("jool --socket \(Self.path) -i campus session count --udp").output == "UDP: 3\n")
    #expect(bench.run("jool --socket=\(Self.path) -i campus instance status").output == "Running\n")
    // It serves one instance, which need not be named.
    #expect(bench.run("jool --socket \(Self.path) session count --udp").output == "UDP: 3\n")
    let other = bench.run("jool --socket \(Self.path) -i other session count")
    #expect(other.status == 3)
    #expect(other.error == Self.lacks("other"))
  }

  @Test func ignoresTheSocketOfAMirrorThatWasKilled() {
    let bench = TestBench()
    bench.deadSockets = [Self.path]
    bench.run("jool instance add other --netfilter --pool6 64:ff9b::/96")
    #expect(bench.run("jool -i campus session count") == Outcome(error: Self.lacks("campus"), status: 3))
  }

  @Test(arguments: [
    "session proxy --check", "session proxy status", "session mirror status campus", "doctor", "global explain mtu",
  ])
  func refusesASocketThatWouldBeIgnored(command: String) throws {
    let outcome = try Self.bench().run("jool --socket \(Self.path) \(command)")
    #expect(outcome.error == "Error: --socket has no effect on this operation. Leave it out.\n")
    #expect(outcome.status == 234)
  }

  @Test func topShowsTheStateOfTheMirror() throws {
    let bench = try Self.bench()
    bench.mirrorStatus = { (_) throws(ProxyControl.Failure) in throw .stalled }
    let output = bench.run("jool --socket \(Self.path) session top --once").output
    #expect(output.contains("Synchronization: the mirror does not answer\n"))
  }

  @Test func explainsASocketThatIsMissing() throws {
    let missing = try Self.bench().run("jool --socket /no session count")
    #expect(missing.status == 2)
    #expect(missing.error == "Error: There is no socket '/no'. (Does the mirror run that serves it?)\n")
  }

  @Test(arguments: [true, false]) func findsTheSocketOfAnInstanceThatTheModuleLacks(isLoaded: Bool) throws {
    let bench = try Self.bench(isLoaded: isLoaded)
    #expect(bench.run("jool -i campus session count --udp").output == "UDP: 3\n")
    let bindings = bench.run("jool -i campus bib display --udp --csv --no-headers --numeric").output
    #expect(bindings.split(separator: "\n").count == 3)
    #expect(bench.run("jool -i campus instance status").output == "Running\n")
    let found = bench.run("jool -i campus session find \(SessionEntry.sample(1).source4)")
    #expect(found.status == 0 && found.output.contains("\(SessionEntry.sample(1).source6.address)"))
    let change = bench.run("jool -i campus pool4 flush")
    #expect(change.status == 1 && change.error.contains("Run the command on the NAT64."))
    let advertised = bench.run("jool -i campus session advertise")
    #expect(advertised.status == 1 && advertised.error.contains("Only root and the user of the mirror"))
  }

  /// Without a socket, and for what only a module can do, the messages are those of the C client.
  @Test func leavesErrorsOfTheModuleAlone() throws {
    let bench = try Self.bench()
    let missing = bench.run("jool -i other session count")
    #expect(missing.error == Self.lacks("other"))
    let proxy = bench.run("jool -i campus session proxy ff08::1")
    #expect(proxy.error.contains("This namespace lacks an instance named 'campus'."))
    let siit = bench.run("jool_siit -i campus eamt display")
    #expect(siit.error.contains("lacks an instance named 'campus'"))
    bench.kernel.loaded = []
    #expect(bench.run("jool -i other session count").status == 253)
    #expect(bench.run("jool_siit -i campus eamt display").status == 253)
  }

  @Test func readsTheModeOfTheSocket() throws {
    let bench = TestBench()
    for mode in ["8", "999", "1777", "rw-", ""] {
      let refused = bench.run(["jool", "session", "mirror", "x", "--net.mcast.addr", "ff08::1", "--socket.mode", mode])
      #expect(refused.error.contains("'\(mode)' is not a valid value of --socket.mode"), "\(mode)")
    }
    #expect(try MirrorArguments.mode("0640") == 0o640)
    #expect(try MirrorArguments.mode("777") == 0o777)
  }
}
