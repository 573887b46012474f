import Dispatch
import Glibc
import JoolCore
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import JoolDaemon
@testable import JoolSession

/// Clients of a whole mirror, good and bad ones.
@Suite struct TableSocketTests {
  private static let sessions = (0..<300).map { SessionEntry.sample($0) }

  private static func request(
    _ operation: JoolOperation = .sessionForEach, of mirror: MirrorUnderTest
  ) throws -> [UInt8] {
    let header = JoolHeader(version: .newestKnown, translator: .nat64, instance: mirror.instance)
    return try Request(operation, header: header, [.proto(.udp)]).message(family: 32, sequence: 9)
  }

  @Test func answersAsAModule() throws {
    let mirror = try MirrorUnderTest("answers")
    try mirror.feed(Self.sessions)
    try mirror.waitForSessions(300)
    var client = try mirror.client()
    let isRunning = try client.instanceIsRunning()
    #expect(isRunning)
    let listed = try client.sessions(of: .udp)
    #expect(listed.map(\.source4) == Self.sessions.map(\.source4))
    let globals = try client.globals()
    #expect(globals.prefix6(.pool6) == .wellKnown)
    #expect(globals.boolean(.ssEnabled) == true)
    let statistics = try client.statistics()
    #expect(statistics.first { $0.name == "JSTAT_SESSIONS" }?.value == 300)
    try client.advertise()
    let change = Result { () throws(JoolError) in try client.flushPool4() }
    guard case .failure(.refused(.notPermitted, _)) = change else { throw Failure("\(change)") }
    try mirror.end()
  }

  @Test func saysThatItHasNoTableYet() throws {
    let mirror = try MirrorUnderTest("starting", knowsPool6: false)
    var client = try mirror.client()
    let result = Result { () throws(JoolError) in try client.globals() }
    guard case .failure(.refused(.resourceTemporarilyUnavailable, let text)) = result else {
      throw Failure("\(result)")
    }
    #expect(text.hasPrefix("The mirror does not know pool6"))
    try mirror.end()
  }

  @Test func servesAHundredClientsAtOnce() throws {
    let mirror = try MirrorUnderTest("hundred")
    try mirror.feed(Self.sessions)
    try mirror.waitForSessions(300)
    let clients = try (0..<100).map { _ in try RawClient(mirror.path) }
    for client in clients { client.send(try Self.request(of: mirror)) }
    for client in clients {
      let answer = try #require(try client.receive())
      #expect(try Answer(message: answer).list(of: SessionEntry.self).count == 26)
    }
    let good = Mutex(0)
    DispatchQueue.concurrentPerform(iterations: 100) { _ in
      guard var client = try? mirror.client(), let listed = try? client.sessions(of: .udp) else { return }
      if listed.count == 300 { good.withLock { $0 += 1 } }
    }
    #expect(good.withLock { $0 } == 100)
    try mirror.end()
  }

  @Test func survivesGarbageAndHalfMessages() throws {
    let mirror = try MirrorUnderTest("garbage")
    try mirror.feed(Self.sessions)
    try mirror.waitForSessions(300)
    var random = SeededGenerator(seed: 4)
    let request = try Self.request(of: mirror)
    for round in 0..<400 {
      let client = try RawClient(mirror.path)
      switch round % 4 {
      case 0:
        let length = Int.random(in: 1...2000, using: &random)
        client.send((0..<length).map { _ in .random(in: 0...255, using: &random) })
      case 1: client.send(Array(request[..<Int.random(in: 1..<request.count, using: &random)]))
      case 2:
        var flipped = request
        flipped[Int.random(in: 0..<request.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        client.send(flipped)
      default: client.send([UInt8](repeating: 1, count: .random(in: 65_537...150_000, using: &random)))
      }
      // Some leave at once, and some wait.
      if round % 3 == 0 { _ = try client.receive(within: .milliseconds(2)) }
    }
    let client = try RawClient(mirror.path)
    // A half message gets no answer, and does not spoil the next one.
    client.send(Array(request.dropLast(4)))
    client.send(request)
    let answer = try #require(try client.receive())
    #expect(try Answer(message: answer).list(of: SessionEntry.self).count == 26)
    // What cannot be a request ends the connection.
    client.send([UInt8](repeating: 0, count: 100_000))
    #expect(try client.receive() == [])
    try mirror.end()
  }

  @Test func isNotHeldUpByClientsThatDoNotRead() throws {
    let mirror = try MirrorUnderTest("slow")
    try mirror.feed(Self.sessions)
    try mirror.waitForSessions(300)
    let request = try Self.request(of: mirror)
    let stuck = try (0..<20).map { _ in try RawClient(mirror.path) }
    for client in stuck {
      var sent = 0
      while sent < 100_000, client.send(request) { sent += 1 }
      #expect(sent < 100_000, "a client that does not read is not read from")
    }
    var client = try mirror.client()
    let begin = Instant.now
    let listed = try client.sessions(of: .udp)
    #expect(listed.count == 300)
    #expect(Instant.now - begin < .seconds(1))
    // The one that reads after all has lost nothing.
    for _ in 0..<50 {
      let answer = try #require(try stuck[0].receive())
      #expect(try Answer(message: answer).list(of: SessionEntry.self).count == 26)
    }
    try mirror.end()
  }

  @Test func makesRoomForNewClients() throws {
    let mirror = try MirrorUnderTest("room")
    let idle = try (0..<TableSocket.maxClients).map { _ in try RawClient(mirror.path) }
    let request = try Self.request(.globalForEach, of: mirror)
    #expect(idle[9].send(request))
    #expect(try idle[9].receive()?.isEmpty == false)
    usleep(1_100_000)
    idle[9].send(request)
    #expect(try idle[9].receive()?.isEmpty == false)
    var client = try mirror.client()
    let isRunning = try client.instanceIsRunning()
    #expect(isRunning)
    idle[9].send(request)
    #expect(try idle[9].receive()?.isEmpty == false, "only an idle client is disconnected")
    try mirror.end()
  }

  @Test func tellsFollowersWhatIsStored() throws {
    let mirror = try MirrorUnderTest("follow")
    try mirror.feed([.sample(1)])
    try mirror.waitForSessions(1)
    var client = try mirror.client()
    let opened = try client.sessionFeed()
    guard var feed = consume opened else { throw Failure("no feed") }
    try mirror.feed((2..<7).map { .sample($0) })
    var followed: [TransportAddress4] = []
    while followed.count < 5, case .sessions(let sessions)? = try feed.next() { followed += sessions.map(\.source4) }
    #expect(followed == (2..<7).map { SessionEntry.sample($0).source4 })
    // A refresh is told, too.
    var refreshed = SessionEntry.sample(1)
    refreshed.expiration = Milliseconds(refreshed.expiration.rawValue + 60_000)
    try mirror.feed([refreshed])
    guard case .sessions(let sessions)? = try feed.next() else { throw Failure("no refresh") }
    #expect(sessions.map(\.source4) == [refreshed.source4])
    // The client itself goes on.
    let listed = try client.sessions(of: .udp)
    #expect(listed.count == 6)
    try mirror.end()
  }

  @Test func tellsASlowFollowerThatItMissesSomething() throws {
    let mirror = try MirrorUnderTest("slowfol")
    var client = try mirror.client()
    let opened = try client.sessionFeed()
    guard var feed = consume opened else { throw Failure("no feed") }
    try mirror.feed((0..<30_000).map { .sample($0) })
    // The mirror's own socket may lose some.
    try mirror.waitForSessions(8000)
    var (count, overruns) = (0, 0)
    reading: while overruns == 0 {
      switch try feed.next() {
      case .sessions(let sessions)?: count += sessions.count
      case .overrun?: overruns += 1
      case .unusable(let error)?: throw error
      case nil: break reading
      }
    }
    #expect(overruns == 1)
    #expect(count > 100 && count < 30_000)
    try mirror.feed([.sample(40_000)])
    guard case .sessions(let sessions)? = try feed.next() else { throw Failure("nothing after the overrun") }
    #expect(sessions.map(\.source4) == [SessionEntry.sample(40_000).source4])
    try mirror.end()
  }

  /// Once the kernel's buffer is full, the rest of the answers waits for a limited time.
  @Test func knowsAClientThatIsStuck() throws {
    let pair = try SocketPair()
    guard let owned = OwnedDescriptor(dup(pair.near.rawValue)) else { throw Errno.current }
    let now = Instant.now
    let client = TableClient(owned, isTrusted: false, family: 32, now: now)
    let datagram = [UInt8](repeating: 7, count: 4000)
    #expect(client.answer(Array(repeating: datagram, count: 500), now: now))
    #expect(client.isBlocked)
    #expect(!client.isStuck(now: now + .seconds(9)))
    #expect(client.isStuck(now: now + .seconds(10)))
    // It reads on, and gets everything.
    var received = 0
    var buffer = datagram
    while recv(pair.far.rawValue, &buffer, buffer.count, Int32(MSG_DONTWAIT)) == 4000 || client.isBlocked {
      received += 1
      #expect(client.flush(now: now + .seconds(1)))
    }
    #expect(received >= 500)
    #expect(!client.isStuck(now: now + .seconds(99)))
    pair.keepOpen()
  }

  private struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
  }
}
