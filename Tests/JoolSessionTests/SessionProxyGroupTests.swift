import JoolCore
import TestSupport
import Testing

@testable import JoolSession

/// Proxies that hear each other, and C proxies among them.
@Suite struct SessionProxyGroupTests {
  @Test(arguments: [1280, 1420, 1500]) func nothingLeavesThatIsTooLargeForThePath(mtu: Int) throws {
    let keys = try FrameSealTests.ring((1, "a"))
    for ring in [nil, keys] {
      var group = Group(keys: [ring, ring], settled: false)
      for index in 0...1 { group.proxies[index].path = PathSize(mtu: mtu) }
      group.pass(.seconds(7))
      for index in 0...1 { _ = group.audit(index, []) }
      group.announce((0..<500).map { .sample($0, expiration: 250_000) }, at: 0)
      group.pass(.seconds(2))
      #expect(group.module(1).count == 500)
      let largest = (group.frames.map(\.datagram.count) + group.legacy.map(\.count)).max() ?? 0
      #expect(largest <= mtu - 48)
      #expect(largest > mtu - 48 - 150, "the room is used")
    }
  }

  @Test func tellsANewSessionOnceToEachKindOfPeer() throws {
    var group = Group()
    let sessions: [SessionEntry] = (0..<5).map { .sample($0) }
    group.announce(sessions, at: 0)
    group.settle()
    #expect(Set(group.module(1).map(SessionKey.init)) == Set(sessions.map(SessionKey.init)))
    #expect(group.legacy.count == 1, "one datagram for C proxies")
    let datagram = try #require(group.legacy.first)
    let said = try SyncDatagram(decoding: datagram.span.bytes, pool6: .wellKnown)
    #expect(said.sessions.count == 5)
    #expect(group.proxies[1].counters.supersededRecords == 0, "the legacy datagram is not heard a second time")
  }

  @Test func tellsCProxiesFromTheFirstMomentOn() {
    var group = Group(count: 1, settled: false)
    group.announce([.sample()], at: 0)
    group.settle()
    #expect(group.legacy.count == 1)
  }

  @Test func letsNoSessionLiveTooLongFromTheFirstMomentOn() {
    var group = Group(count: 1, settled: false)
    group.hearLegacy(SyncFormat.packed36.encode([.sample(7, expiration: .max)]), at: 0)
    group.settle()
    #expect(group.module(0).allSatisfy { $0.expiration.rawValue <= 375_000 })
    #expect(group.module(0).count == 1)
  }

  @Test func sendsNothingForPacketsThatTellPeersNothing() {
    var group = Group()
    group.announce([.sample(expiration: 300_000)], at: 0)
    group.settle()
    let records = group.recordsSent
    for _ in 0..<60 {
      group.pass(.seconds(1))
      group.announce([.sample(expiration: 300_000)], at: 0)
      group.settle()
    }
    #expect(group.recordsSent == records, "a quarter of the timeout has not passed yet")
    group.pass(.seconds(10))
    group.announce([.sample(expiration: 300_000)], at: 0)
    group.settle()
    #expect(group.recordsSent == records + 1)
  }

  @Test func keepsRefreshesBackWhileTheNetworkIsSlow() {
    var group = Group()
    let session = SessionEntry.sample(0, expiration: 300_000)
    group.announce([session], at: 0)
    group.settle()
    group.pass(.seconds(80))
    let records = group.recordsSent
    group.announce([session, .sample(1, expiration: 300_000)], at: 0)
    group.take(from: 0, isCongested: true)
    #expect(group.recordsSent == records + 1, "the new session")
    group.settle()
    #expect(group.recordsSent == records + 2, "the refresh follows")
  }

  @Test func tellsOfAChangedStateAtOnce() {
    var group = Group()
    group.announce([.sample(proto: .tcp, state: .established)], at: 0)
    group.settle()
    group.announce([.sample(proto: .tcp, state: .trans, timer: .transitory, expiration: 240_000)], at: 0)
    group.settle()
    #expect(group.module(1).last?.state == .trans)
    #expect(group.module(1).last.map { $0.expiration.rawValue > 240_000 } == true)
  }

  @Test(arguments: SyncFormat.allCases) func speaksTheLayoutOfTheCProxiesItHears(format: SyncFormat) throws {
    var group = Group()
    group.hearLegacy(format.encode([.sample(7)]), at: 0)
    group.settle()
    #expect(group.module(0).count == 1)
    group.announce([.sample(0)], at: 0)
    group.settle()
    let datagram = try #require(group.legacy.last)
    let said = try SyncDatagram(decoding: datagram.span.bytes, pool6: .wellKnown)
    #expect(said.format.recordLength == format.recordLength)
  }

  @Test func addsWhatACProxyRepeatsForEveryPacketOnce() {
    var group = Group()
    for _ in 0..<60 {
      group.hearLegacy(SyncFormat.packed36.encode([.sample(7, expiration: 300_000)]), at: 0)
      group.settle()
      group.pass(.seconds(1))
    }
    #expect(group.module(0).count == 1)
  }

  @Test func doesNotTellCProxiesWhatAStandbyHasWhenItStarts() {
    var group = Group(count: 1)
    let reason = group.audit(0, [.sample(0), .sample(1)])
    #expect(reason == .start)
    #expect(group.legacy.isEmpty)
    group.announce([.sample(0)], at: 0)
    group.settle()
    #expect(group.legacy.count == 1, "but a packet of the session makes it news")
  }

  @Test func tellsWhatItFindsAfterAnOverrun() {
    var group = Group()
    group.proxies[0].overran()
    #expect(group.proxies[0].state == .catchingUp)
    let reason = group.audit(0, [.sample(0), .sample(1)])
    #expect(reason == .repair)
    #expect(group.module(1).count == 2)
    #expect(group.legacy.count == 1)
    #expect(group.proxies[0].state == .ready)
  }

  @Test func prefersWhatTheModuleSaidToWhatWasReadBefore() {
    var group = Group()
    group.proxies[0].overran()
    let reason = group.proxies[0].takeAudit()
    #expect(reason == .repair)
    group.announce([.sample(proto: .tcp, state: .trans, timer: .transitory, expiration: 240_000)], at: 0)
    group.proxies[0].reconcile([.sample(proto: .tcp, state: .established)], because: .repair, now: group.now)
    group.proxies[0].finishAudit(isComplete: true, now: group.now)
    group.settle()
    #expect(group.module(1).map(\.state) == [.trans])
  }

  @Test func staysReadyWhileItLooksAroundAsAPrecaution() {
    var group = Group()
    group.proxies[0].requestAudit(.precaution)
    #expect(group.proxies[0].state == .ready)
    let reason = group.audit(0, [.sample(0)])
    #expect(reason == .precaution)
    #expect(group.module(1).count == 1)
  }

  /// It reckons the life of what it was given from a last packet that it supposes, by its timeouts.
  @Test func givesAModuleWithOtherTimeoutsTheWholeTable() {
    var group = Group()
    group.announce((0..<10).map { .sample($0) }, at: 0)
    group.settle()
    group.modules[1] = []
    var kernel = Group.kernel
    kernel.limits.udp = Milliseconds(120_000)
    group.proxies[1].attached(kernel, now: group.now)
    let reason = group.audit(1, [])
    #expect(reason == .repair)
    #expect(group.module(1).count == 10)
    group.proxies[1].attached(kernel, now: group.now)
    #expect(group.proxies[1].audit == nil, "once")
  }

  @Test func givesANewModuleTheWholeTable() {
    var group = Group()
    group.announce((0..<10).map { .sample($0) }, at: 0)
    group.settle()
    group.proxies[1].detached()
    #expect(group.proxies[1].state == .absent)
    group.modules[1] = []
    group.announce([.sample(10)], at: 0)
    group.settle()
    group.proxies[1].attached(Group.kernel, now: group.now)
    let reason = group.proxies[1].takeAudit()
    #expect(reason == .repair)
    group.proxies[1].finishAudit(isComplete: true, now: group.now)
    group.proxies[1].noteProgress(isAuditing: false)
    #expect(group.proxies[1].state == .catchingUp, "the module has nothing yet")
    group.settle()
    #expect(group.proxies[1].state == .ready)
    #expect(Set(group.module(1).map(\.source6)).count == 11)
  }

  @Test func makesRoomForASessionWhoseMaskHasANewOwner() {
    var group = Group()
    group.announce([.sample(0)], at: 0)
    group.settle()
    var rival = SessionEntry.sample(1)
    rival.source4 = SessionEntry.sample(0).source4
    group.announce([rival], at: 0)
    group.settle()
    #expect(group.evictions.map(\.source6) == [SessionEntry.sample(0).source6])
    #expect(group.module(1).last?.source6 == rival.source6)
  }

  @Test func dropsWhatOnlyLooksLikeAFrame() {
    var group = Group(count: 1)
    let datagram = [0, 0] + SyncFormat.packed36.encode([.sample()])
    let action = group.proxies[0].received(
      datagram: datagram.span.bytes, length: datagram.count, from: Group.address(of: 1), now: group.now)
    guard case .drop = action else {
      Issue.record("\(action)")
      return
    }
    #expect(group.proxies[0].counters.malformedDatagrams == 1)
  }

  @Test func leavesTheFormatAloneThatItWasToldTo() {
    var group = Group(formats: [.legacy, .ss2])
    group.announce([.sample()], at: 0)
    group.announce([.sample(1)], at: 1)
    group.settle()
    #expect(group.module(0).isEmpty)
    #expect(group.module(1).isEmpty)
    #expect(group.frames.allSatisfy { $0.proxy == 1 })
    #expect(group.legacy.count == 1)
  }

  @Test func knowsWhetherItIsReadyAndWhoElseIsThere() throws {
    var group = Group(settled: false)
    #expect(group.proxies[0].state == .joining)
    group.pass(.seconds(7))
    let reasons = [group.audit(0, []), group.audit(1, [])]
    #expect(reasons == [.start, .start])
    #expect(group.proxies.map(\.state) == [.ready, .ready])
    let status = group.proxies[0].status(now: group.now)
    #expect(status.peers.map(\.state) == [.ready])
    #expect(status.peers.first?.address == Group.address(of: 1))
    #expect(ProxyStatus(text: status.text) == status)
    #expect(ProxyStatus(text: "state ready\npeer 1") == nil)
    #expect(ProxyStatus(text: "") == nil)
  }
}

/// A group without losses, and modules that take everything.
struct Group {
  static let kernel = SessionProxy.Kernel(
    format: .packed36, pool6: .wellKnown, limits: SessionLimits(), isEnabled: true)

  var proxies: [SessionProxy]
  /// What each module was given.
  var modules: [[SessionEntry]]
  var now = ContinuousClock.now
  private(set) var legacy: [[UInt8]] = []
  private(set) var frames: [(proxy: Int, datagram: [UInt8])] = []
  private(set) var evictions: [BIBEntry] = []
  /// How often each datagram arrives: over several links, it is more than once.
  var copies = 1
  /// Proxies that nothing reaches.
  var deaf: Set<Int> = []

  /// - Parameters:
  ///   - keys: of each proxy; none have any by default.
  ///   - seed: of the first proxy; the others count on.
  ///   - settled: whether the proxies have found each other.
  init(count: Int = 2, formats: [WireFormat] = [], keys: [KeyRing?] = [], seed: UInt64 = 1, settled: Bool = true) {
    proxies = (0..<count).map {
      SessionProxy(
        instance: .default, format: formats.isEmpty ? .auto : formats[$0], seed: UInt64($0) + seed,
        keys: keys.isEmpty ? nil : keys[$0], sealStart: UInt64($0) + seed)
    }
    modules = Array(repeating: [], count: count)
    for index in proxies.indices { proxies[index].attached(Self.kernel, now: now) }
    guard settled else { return }
    pass(.seconds(7))
    guard count > 1 else { return }
    for index in proxies.indices { _ = audit(index, []) }
  }

  static func address(of proxy: Int) -> IPv6Address { IPv6Address(bits: 0xFE80 << 112 | UInt128(proxy + 1)) }

  /// What left, but for what is sealed.
  var bodies: [(proxy: Int, body: SyncFrame.Body)] {
    frames.compactMap { frame in
      (try? SyncFrame(decoding: frame.datagram.span.bytes, pool6: .wellKnown)).map { (frame.proxy, $0.body) }
    }
  }

  /// How many records left as updates.
  var recordsSent: Int {
    frames.reduce(0) { count, frame in
      guard let decoded = try? SyncFrame(decoding: frame.datagram.span.bytes, pool6: .wellKnown),
        case .update(let records) = decoded.body
      else { return count }
      return count + records.count
    }
  }

  func module(_ index: Int) -> [SessionEntry] { modules[index] }

  /// The findings of a proxy's status, after it has compared the settings.
  mutating func findings(at index: Int) -> [String] {
    proxies[index].compareSettings(now: now)
    return proxies[index].status(now: now).findings
  }

  /// Another start of a proxy, with an empty module.
  mutating func restart(_ index: Int, seed: UInt64, keys: KeyRing? = nil) {
    proxies[index] = SessionProxy(instance: .default, format: .auto, seed: seed, keys: keys, sealStart: seed)
    modules[index] = []
    proxies[index].attached(Self.kernel, now: now)
  }

  /// The module of a proxy sees packets.
  mutating func announce(_ sessions: [SessionEntry], at index: Int) {
    try? proxies[index].learn(records: SyncFormat.packed36.encode(sessions).span.bytes, now: now)
  }

  mutating func hearLegacy(_ datagram: [UInt8], at index: Int) {
    _ = proxies[index].received(
      datagram: datagram.span.bytes, length: datagram.count, from: IPv6Address(bits: 99), now: now)
  }

  /// Reads the module's table if the proxy wants it.
  /// - Returns: why it did.
  mutating func audit(_ index: Int, _ sessions: [SessionEntry]) -> SessionProxy.Audit? {
    guard let reason = proxies[index].takeAudit() else { return nil }
    proxies[index].reconcile(sessions, because: reason, now: now)
    deliver(proxies[index].takeDatagrams(now: now, legacy: reason == .start ? [] : nil), from: index)
    proxies[index].finishAudit(isComplete: true, now: now)
    settle()
    return reason
  }

  mutating func take(from index: Int, isCongested: Bool) {
    deliver(proxies[index].takeDatagrams(now: now, isCongested: isCongested), from: index)
  }

  /// Lets everything that is under way arrive.
  mutating func settle() { pass(.milliseconds(200)) }

  mutating func pass(_ duration: Duration) {
    let end = now + duration
    while now < end {
      now += .milliseconds(10)
      for index in proxies.indices {
        proxies[index].advance(to: now)
        deliver(proxies[index].takeDatagrams(now: now), from: index)
        evictions += proxies[index].takeEvictions()
        let sessions = proxies[index].nextAdd(now: now)
        if !sessions.isEmpty {
          modules[index] += sessions
          proxies[index].confirmAdd(of: sessions, refused: false)
        }
        proxies[index].noteProgress(isAuditing: false)
      }
    }
  }

  private mutating func deliver(_ datagrams: [[UInt8]], from sender: Int) {
    for datagram in datagrams {
      if SyncFrame.isFrame(datagram.span.bytes) { frames.append((sender, datagram)) } else { legacy.append(datagram) }
      for _ in 0..<copies {
        for index in proxies.indices where index != sender && !deaf.contains(index) {
          _ = proxies[index].received(
            datagram: datagram.span.bytes, length: datagram.count, from: Self.address(of: sender), now: now)
        }
      }
    }
  }
}
