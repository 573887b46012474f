import JoolCore
import SystemPackage
import TestSupport
import Testing

@testable import JoolSession

/// The client of the module against a responder.
@Suite struct ModuleResponderTests {
  private typealias Client = JoolClient<Loopback>

  private static func client(_ loopback: Loopback, _ translator: TranslatorType = .nat64) throws -> Client {
    try Client(transport: loopback, translator: translator, module: .newestKnown)
  }

  private static func sessions(_ client: inout Client, of proto: L4Protocol) throws -> [SessionEntry] {
    var sessions: [SessionEntry] = []
    try client.forEachSession(of: proto) { (page) throws(JoolError) in sessions += page }
    return sessions
  }

  private static func bindings(_ client: inout Client, of proto: L4Protocol) throws -> [BIBEntry] {
    var entries: [BIBEntry] = []
    try client.forEachBIBEntry(of: proto) { (page) throws(JoolError) in entries += page }
    return entries
  }

  /// Sessions of many clients behind several masks, several sessions for some of them, in no order.
  private static func mixed(_ count: Int, proto: L4Protocol) -> [SessionEntry] {
    (0..<count).map { number in
      let spread = (number &* 7919) % count
      let client = spread / 3
      let node = TransportAddress(IPv4Address(bits: 0xC633_6400 + UInt32(spread % 3 * 77 % 5)), UInt16(80 + spread % 3))
      return SessionEntry.sample(client, proto: proto).with(
        source4: TransportAddress(IPv4Address(bits: 0xC000_0200 + UInt32(client % 4)), UInt16(1 + client / 4)),
        destination4: node)
    }
  }

  @Test(arguments: L4Protocol.allCases) func listsAllSessionsInTheModulesOrder(proto: L4Protocol) throws {
    let sessions = Self.mixed(2000, proto: proto)
    let others = L4Protocol.allCases.filter { $0 != proto }.flatMap { Self.mixed(30, proto: $0) }
    let loopback = Loopback(sessions + others)
    let count = loopback.table.count
    #expect(count == 2060)
    var client = try Self.client(loopback)
    let listed = try Self.sessions(&client, of: proto)
    let expected = sessions.sorted { ($0.source4, $0.destination4) < ($1.source4, $1.destination4) }
    #expect(listed == expected)
    // 26 sessions a page.
    let pages = client.transport.pages - 1
    #expect(pages == (2000 + 25) / 26)
    let bindings = try Self.bindings(&client, of: proto)
    var masks: Set<TransportAddress4> = []
    #expect(bindings == expected.filter { masks.insert($0.source4).inserted }.map(\.bibEntry))
  }

  /// A table as a real one: with pages that begin inside a BIB entry's sessions.
  @Test func listsManySessions() throws {
    let sessions = Self.mixed(100_000, proto: .tcp)
    var client = try Self.client(Loopback(sessions))
    var count = 0
    var last: SessionEntry?
    var isAscending = true
    try client.forEachSession(of: .tcp) { (page) throws(JoolError) in
      count += page.count
      for session in page {
        let isNext = last.map { ($0.source4, $0.destination4) < (session.source4, session.destination4) } ?? true
        isAscending = isAscending && isNext
        last = session
      }
    }
    #expect(count == 100_000)
    #expect(isAscending)
  }

  @Test func listsTheManySessionsOfOneBinding() throws {
    let sessions = (0..<500).map { number in
      SessionEntry.sample(1).with(
        destination4: TransportAddress(IPv4Address(bits: 0xC633_6400 + UInt32(number * 379 % 500)), 53))
    }
    var client = try Self.client(Loopback(sessions))
    let listed = try Self.sessions(&client, of: .udp)
    #expect(listed == sessions.sorted { $0.destination4 < $1.destination4 })
  }

  @Test func leavesOutSessionsThatDisappearBetweenPages() throws {
    let sessions = (0..<100).map { SessionEntry.sample($0) }
    var client = try Self.client(Loopback(sessions))
    let first = try client.sessions(of: .udp, after: nil)
    #expect(first.sessions == Array(sessions[..<26]) && first.hasMore)
    // The page's own end disappears, and the next page's begin.
    for gone in sessions[25..<28] {
      client.transport.table.remove(
        proto: .udp, source6: gone.source6, destination4: gone.destination4, now: client.transport.now)
    }
    client.transport.now += .seconds(5)
    let second = try client.sessions(of: .udp, after: first.sessions.last)
    #expect(second.sessions.map(\.source4) == sessions[28..<54].map(\.source4))
  }

  @Test func goesOnAfterAnySession() throws {
    let sessions = (0..<100).map { SessionEntry.sample($0) }
    var client = try Self.client(Loopback(sessions))
    for start in [98, 3, 50, 99] {
      let page = try client.sessions(of: .udp, after: sessions[start])
      #expect(page.sessions == Array(sessions[(start + 1)...].prefix(26)))
      #expect(page.hasMore == (start < 73))
    }
    // Nor need it exist.
    let before = SessionEntry.sample().with(source4: TransportAddress(IPv4Address(bits: 0), 0))
    let page = try client.sessions(of: .udp, after: before)
    #expect(page.sessions.first == sessions[0])
  }

  @Test func findsSessionsThatAppear() throws {
    var client = try Self.client(Loopback((10..<60).map { SessionEntry.sample($0) }))
    _ = try client.sessions(of: .udp, after: nil)
    client.transport.now += .milliseconds(400)
    _ = client.transport.table.upsert(.sample(1), now: client.transport.now)
    let page = try client.sessions(of: .udp, after: nil)
    #expect(page.sessions.first?.source4 == SessionEntry.sample(1).source4)
    // A client that asks for what follows the last session continues no list.
    var last = SessionEntry.sample(59)
    for number in 60..<63 {
      client.transport.now += .milliseconds(400)
      _ = client.transport.table.upsert(.sample(number), now: client.transport.now)
      let more = try client.sessions(of: .udp, after: last).sessions
      #expect(more.map(\.source4) == [SessionEntry.sample(number).source4])
      last = .sample(number)
    }
    let mask = SessionEntry.sample(40).source4
    let entry = try client.bibEntry(of: .udp, mask: mask)
    #expect(entry?.source4 == mask)
  }

  @Test func answersForTheInstance() throws {
    var profile = ModuleProfile.sample
    profile.counters = ["JSTAT_RECEIVED6": 7]
    let ports = [PortRange(1, 99), PortRange(200, 299)]
    profile.pool4 = ports.map { Pool4Entry(proto: .tcp, prefix: IPPrefix(host: IPv4Address(bits: 1)), ports: $0) }
    var client = try Self.client(Loopback([.sample(1), .sample(2)], profile: profile))
    var isRunning = try client.instanceIsRunning()
    #expect(isRunning)
    var instances: [InstanceEntry] = []
    try client.forEachInstance { (page) throws(JoolError) in instances += page }
    #expect(instances == [profile.instance])
    let globals = try client.globals()
    #expect(globals == GlobalSetting.defaults(of: .nat64, pool6: .wellKnown))
    let statistics = try client.statistics()
    #expect(statistics.map(\.name) == Statistic.names(of: .newestKnown))
    let values = Dictionary(uniqueKeysWithValues: statistics.map { ($0.name, $0.value) })
    #expect(values.filter { $0.value != 0 } == ["JSTAT_RECEIVED6": 7, "JSTAT_BIB_ENTRIES": 2, "JSTAT_SESSIONS": 2])
    let pool4 = try client.pool4Entries(of: .tcp, after: nil)
    #expect(pool4.entries == profile.pool4 && !pool4.hasMore)
    let rest = try client.pool4Entries(of: .tcp, after: profile.pool4[0])
    #expect(rest.entries == [profile.pool4[1]])
    client.instance = try #require(InstanceName("other"))
    isRunning = try client.instanceIsRunning()
    #expect(!isRunning)
  }

  @Test func refusesAnotherInstance() throws {
    var client = try Self.client(Loopback())
    client.instance = try #require(InstanceName("other"))
    let error = failure { () throws(JoolError) in _ = try client.globals() }
    #expect(
      error == .refused(code: .noSuchProcess, message: "This namespace lacks an instance named 'other'."))
  }

  @Test func refusesChanges() throws {
    var client = try Self.client(Loopback())
    let error = failure { () throws(JoolError) in try client.flushPool4() }
    let text = """
      `pool4 flush` is not possible here: this is a copy of a NAT64's sessions, and not the NAT64.
      Run the command on the NAT64.
      """
    #expect(error == .refused(code: .notPermitted, message: text))
    let others = [
      failure { () throws(JoolError) in try client.addSessions([.sample()]) },
      failure { () throws(JoolError) in try client.advertise() },
      failure { () throws(JoolError) in try client.removeInstance() },
    ]
    #expect(!others.contains(nil))
  }

  @Test func acceptsTheAcknowledgementOfAFollower() throws {
    var client = try Self.client(Loopback([.sample()]))
    try client.acknowledgeSessions()
    let sessions = try Self.sessions(&client, of: .udp)
    #expect(sessions.count == 1)
  }

  @Test func findsSessionsThatJoinABindingBetweenLists() throws {
    var client = try Self.client(Loopback((0..<60).map { SessionEntry.sample(1).with(node: $0 * 2) }))
    let first = try client.sessions(of: .udp, after: nil).sessions
    _ = client.transport.table.upsert(SessionEntry.sample(1).with(node: 1), now: client.transport.now)
    let again = try client.sessions(of: .udp, after: nil).sessions
    #expect(
      again.map(\.destination4) == first.prefix(1).map(\.destination4)
        + [SessionEntry.sample(1).with(node: 1).destination4] + first[1...].dropLast().map(\.destination4))
  }

  @Test func grantsAnAdvertisementToThoseWhoMayHaveIt() throws {
    var profile = ModuleProfile.sample
    profile.advertisement = .possible
    var client = try Self.client(Loopback(profile: profile))
    let stranger = failure { () throws(JoolError) in try client.advertise() }
    #expect(
      stranger
        == .refused(
          code: .notPermitted, message: "Only root and the user of the mirror may have it send its table."))
    #expect(!client.transport.responder.wantsAdvertisement)
    client.transport.responder = ModuleResponder(profile: profile, mayAdvertise: true)
    try client.advertise()
    #expect(client.transport.responder.wantsAdvertisement)
    profile.advertisement = .refused("Not now.")
    client.transport.responder.profile = profile
    let tooEarly = failure { () throws(JoolError) in try client.advertise() }
    #expect(tooEarly == .refused(code: .resourceTemporarilyUnavailable, message: "Not now."))
  }

  @Test func saysWhyNothingCanBeListed() throws {
    var profile = ModuleProfile.sample
    profile.unavailability = "Nothing is known yet."
    var client = try Self.client(Loopback(profile: profile))
    let error = failure { () throws(JoolError) in _ = try client.globals() }
    #expect(error == .refused(code: .resourceTemporarilyUnavailable, message: "Nothing is known yet."))
    let isRunning = try client.instanceIsRunning()
    #expect(isRunning)
  }

  @Test func letsAClientFollow() throws {
    let loopback = Loopback()
    var responder = loopback.responder
    let replies = responder.respond(
      to: MembershipRequest.message(group: 1, sequence: 5), table: loopback.table, now: loopback.now)
    #expect(replies.count == 1 && replies[0][16..<20].allSatisfy { $0 == 0 })
    #expect(responder.isFollowing)
    var other = loopback.responder
    let refusal = other.respond(
      to: MembershipRequest.message(group: 2, sequence: 5), table: loopback.table, now: loopback.now)
    #expect(refusal.count == 1 && refusal[0][16..<20].elementsEqual([0xFE, 0xFF, 0xFF, 0xFF]))
    #expect(!other.isFollowing)
  }

  @Test func answersSixtyFourMessagesOfADatagramAtMost() {
    let loopback = Loopback()
    var responder = loopback.responder
    let request = GenericFamily.request(name: "Jool", sequence: 1)
    let datagram = Array(repeatElement(request, count: 1000).joined())
    #expect(responder.respond(to: datagram, table: loopback.table, now: loopback.now).count == 64)
  }

  @Test func refusesSIIT() throws {
    var client = try Self.client(Loopback(), .siit)
    let error = failure { () throws(JoolError) in _ = try client.globals() }
    #expect(
      error
        == .refused(
          code: .invalidArgument, message: "SIIT Jool has not been modprobed. (Try `modprobe jool_siit`)"))
  }

  @Test func tellsItsVersion() throws {
    var profile = ModuleProfile.sample
    profile.version = ModuleVersion(4, 1, 12)
    let client = try Client(transport: Loopback(profile: profile), translator: .nat64, module: nil)
    let module = client.module
    #expect(module == profile.version)
  }
}

/// The error that the body throws, if it does.
private func failure(_ body: () throws(JoolError) -> Void) -> JoolError? {
  do throws(JoolError) { try body() } catch { return error }
  return nil
}

extension SessionEntry {
  fileprivate func with(node: Int) -> Self {
    with(destination4: TransportAddress(IPv4Address(bits: 0xC633_6400 + UInt32(node)), 53))
  }

  /// The session with other IPv4 addresses, through 64:ff9b::/96.
  fileprivate func with(source4: TransportAddress4? = nil, destination4: TransportAddress4? = nil) -> Self {
    var session = self
    session.source4 = source4 ?? session.source4
    session.destination4 = destination4 ?? session.destination4
    let node6 = IPv6Prefix.wellKnown.embedding(session.destination4.address) ?? session.destination6.address
    let port = proto == .icmp ? source6.port : session.destination4.port
    session.destination6 = TransportAddress(node6, port)
    return session
  }
}
