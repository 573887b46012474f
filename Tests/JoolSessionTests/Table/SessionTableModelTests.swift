import JoolCore
import TestSupport
import Testing

@testable import JoolSession

/// Random operations on a `SessionTable` and on a `NaiveTable` must have the same effect.
@Suite struct SessionTableModelTests {
  @Test(arguments: 1...8)
  func behavesLikeTheNaiveTable(seed: UInt64) throws {
    var pair = try TablePair(seed: seed)
    for step in 1...2000 {
      pair.doSomething()
      if step % 100 == 0 { pair.compare() }
    }
  }

  @Test(arguments: 11...14)
  func livesForYears(seed: UInt64) throws {
    // A base lasts 248 days. Hours pass between operations, now and then months; sessions live up to 50 days.
    var pair = try TablePair(seed: seed, pause: 10...43_200_000, expiration: 10...4_294_967_295)
    for step in 1...12_000 {
      pair.doSomething()
      if step % 1000 == 0 {
        pair.compare()
        pair.pass(.random(in: 0...8_000_000_000, using: &pair.generator))
        pair.doSomething()
        pair.compare()
      }
    }
    #expect(pair.now > 3 * 248 * 86_400_000)
  }

  @Test(arguments: 21...24)
  func copiesGoTheirOwnWays(seed: UInt64) throws {
    var pairs = [try TablePair(seed: seed)]
    for step in 1...1200 {
      for number in pairs.indices { pairs[number].doSomething() }
      if step % 300 == 0 {
        for number in pairs.indices {
          var copy = pairs[number]
          copy.generator = SeededGenerator(seed: seed << 32 + UInt64(step + number))
          pairs.append(copy)
        }
      }
    }
    #expect(pairs.count == 16)
    for pair in pairs { pair.compare() }
  }
}

/// Both tables, a clock, and chance.
struct TablePair {
  let start = Instant.now
  var table: SessionTable
  var naive = NaiveTable()
  var generator: SeededGenerator
  /// Milliseconds since `start`.
  var now: UInt64 = 0
  let pause: ClosedRange<UInt64>
  let expiration: ClosedRange<UInt32>

  init(seed: UInt64, pause: ClosedRange<UInt64> = 10...300, expiration: ClosedRange<UInt32> = 0...60_000) throws {
    table = try #require(SessionTable(pool6: .wellKnown, now: start))
    generator = SeededGenerator(seed: seed)
    self.pause = pause
    self.expiration = expiration
  }

  var instant: Instant { start + .milliseconds(now) }

  mutating func pass(_ milliseconds: UInt64) { now += milliseconds }

  mutating func doSomething() {
    switch Int.random(in: 0..<100, using: &generator) {
    case 0..<70:
      let (session, origin) = (session(), UInt8.random(in: 0...3, using: &generator))
      let version = Version(rawValue: .random(in: 0..<Version.limit, using: &generator))
      let isOwnRecord = Bool.random(using: &generator)
      #expect(
        table.upsert(session, origin: origin, version: version, isOwnRecord: isOwnRecord, now: instant)
          == naive.upsert(session, origin: origin, version: version, isOwnRecord: isOwnRecord, now: now))
    case 70..<78: remove(session())
    case 78..<79: removeSessions(of: NaiveTable.bib(session()))
    case 79..<85: look(for: session())
    default:
      pass(.random(in: pause, using: &generator))
      expire()
    }
  }

  /// From few addresses, so that most of them were seen already, and some contradict.
  mutating func session() -> SessionEntry {
    let client = UInt16.random(in: 0..<40, using: &generator)
    let mask = UInt8.random(in: 0..<20, using: &generator) == 0 ? client + 1 : client
    let proto: L4Protocol = [.tcp, .udp, .icmp][Int.random(in: 0..<3, using: &generator)]
    let node4 = IPv4Address(bits: 0xC633_6400 + .random(in: 0..<6, using: &generator))
    let destination4 = TransportAddress4(node4, proto == .icmp ? 7 : 443)
    let node6 = IPv6Address(bits: 0x2001_0db8 << 96 | UInt128(client / 4))
    let source6 = TransportAddress6(node6, 2000 + client % 4)
    return SessionEntry(
      proto: proto, source6: source6,
      destination6: TransportAddress(
        IPv6Address(bits: 0x0064_ff9b << 96 | UInt128(node4.bits)), proto == .icmp ? source6.port : 443),
      source4: TransportAddress(IPv4Address(bits: 0xC000_0201), 1000 + mask), destination4: destination4,
      state: TCPState(rawValue: proto == .tcp ? .random(in: 0...6, using: &generator) : 0),
      timer: SessionTimer(rawValue: proto == .tcp ? .random(in: 0...2, using: &generator) : 0),
      expiration: Milliseconds(.random(in: expiration, using: &generator)))
  }

  private mutating func remove(_ session: SessionEntry) {
    let expected = naive.rows.removeValue(forKey: NaiveTable.key(session)).map { naive.session($0, now: now) }
    let removed = table.remove(
      proto: session.proto, source6: session.source6, destination4: session.destination4, now: instant)
    #expect(removed == expected)
  }

  private mutating func removeSessions(of bib: BIBEntry) {
    let members = naive.rows.filter { NaiveTable.bib($0.value.entry) == bib }
    for key in members.keys { naive.rows[key] = nil }
    #expect(table.removeSessions(of: bib) == members.count)
  }

  private mutating func expire() {
    var died: Set<SessionTable.Session> = []
    let deadline = table.nextDeadline
    let count = table.expire(now: instant) { died.insert($0) }
    #expect(count == died.count)
    #expect(died == Set(naive.expire(now: now)))
    if count > 0, let deadline { #expect(deadline <= instant) }
  }

  private func look(for session: SessionEntry) {
    let expected = naive.rows[NaiveTable.key(session)].map { naive.session($0, now: now) }
    #expect(table.session(like: session, now: instant) == expected)
    let known = naive.knowledge(of: session, quarter: 5000, now: now)
    switch table.knowledge(of: session, quarter: Milliseconds(5000), now: instant) {
    case .deferred(let handle):
      #expect(known == nil)
      #expect(table.session(at: handle, now: instant) == expected)
      let said = naive.rows[NaiveTable.key(session)]?.ownRecordTick
      #expect(table.ageOfOwnRecord(at: handle, now: instant) == said.map { Milliseconds(UInt32(now / 10 - $0) * 10) })
    case let knowledge: #expect(known == .some(knowledge))
    }
    let from4 = naive.rows.values.first {
      $0.entry.proto == session.proto && $0.entry.source4 == session.source4
        && $0.entry.destination4 == session.destination4
    }
    let found = table.session(
      proto: session.proto, source4: session.source4, destination4: session.destination4, now: instant)
    #expect(found == from4.map { naive.session($0, now: now) })
    let bib = naive.bib
    #expect(
      table.bibEntry(proto: session.proto, source6: session.source6)
        == bib.first { $0.proto == session.proto && $0.source6 == session.source6 })
    #expect(
      table.bibEntry(proto: session.proto, source4: session.source4)
        == bib.first { $0.proto == session.proto && $0.source4 == session.source4 })
  }

  /// Everything that can be seen of the tables.
  func compare() {
    var sessions: Set<SessionTable.Session> = []
    table.forEach(now: instant) { sessions.insert($0) }
    #expect(sessions == Set(naive.rows.values.map { naive.session($0, now: now) }))
    #expect(table.count == naive.rows.count)
    var bib: Set<BIBEntry> = []
    table.forEachBIBEntry { bib.insert($0) }
    #expect(bib == naive.bib)
    #expect(table.bibCount == bib.count)
    let digests = naive.digests
    #expect((0..<4096).allSatisfy { table.digest(of: $0) == digests[$0] })
    let root = digests.enumerated().filter { $0.element != 0 }.reduce(0) {
      $0 ^ NaiveTable.mix(NaiveTable.mix(0x4a6f_6f6c_3634_6462, UInt64($1.offset)), $1.element)
    }
    #expect(table.rootDigest == root)
    let order = table.kernelOrder().compactMap { table.session(at: $0, now: instant) }
    #expect(order.count == table.count)
    #expect(zip(order, order.dropFirst()).allSatisfy { $0.position <= $1.position })
    for session in order { #expect(table.session(like: session.entry, now: instant) == session) }
  }
}

extension SessionTable.Session {
  fileprivate var position: UInt64 {
    UInt64(entry.proto.rawValue) << 40 | UInt64(entry.timer.rawValue) << 32 | UInt64(entry.expiration.rawValue)
  }
}
