import JoolCore
import TestSupport
import Testing

@testable import JoolSession

/// What a node sends, by its frames.
@Suite struct TransmitterTests {
  private let start = Instant.now
  private let peer = Incarnation(9)

  private func transmitter() -> Transmitter { Transmitter(sender: Incarnation(7), now: start) }

  private func frames(_ transmitter: inout Transmitter) throws -> [SyncFrame] {
    try transmitter.takeOutput().datagrams.map { try SyncFrame(decoding: $0.span.bytes, pool6: .wellKnown) }
  }

  private func records(_ numbers: Range<Int>) -> [SyncRecord] {
    numbers.map { SyncRecord(session: .sample($0), version: Version(rawValue: UInt64($0) + 1)) }
  }

  @Test func numbersUpdatesAndNoOtherFrames() throws {
    var transmitter = transmitter()
    transmitter.send(updates: records(0..<2), now: start)
    transmitter.send(.nak([]), to: peer)
    transmitter.send(updates: records(2..<3), now: start)
    #expect(transmitter.lastUpdate == 2)
    let frames = try frames(&transmitter)
    #expect(frames.map(\.sequence) == [1, 1, 2])
    #expect(frames.map(\.target) == [.nobody, peer, .nobody])
    #expect(frames.allSatisfy { $0.sender == Incarnation(7) && $0.number == 0 })
    #expect(transmitter.takeOutput().datagrams.isEmpty, "each output is returned once")
  }

  @Test func sendsAsManyUpdatesAsTheRecordsNeed() throws {
    var transmitter = transmitter()
    transmitter.path = PathMTU(mtu: 1280)
    let room = transmitter.path.records
    transmitter.send(updates: records(0..<2 * room + 1), now: start)
    let counts = try frames(&transmitter).map { frame in
      guard case .update(let records) = frame.body else { return 0 }
      return records.count
    }
    #expect(counts == [room, room, 1])
  }

  /// So the loss of the last update is noticed soon.
  @Test func anUpdateMakesTheNextHelloEarly() {
    var transmitter = transmitter()
    transmitter.hellos.sent(now: start, jitter: .zero)
    transmitter.send(updates: records(0..<1), now: start + .milliseconds(100))
    #expect(transmitter.hellos.next == start + .milliseconds(150))
    transmitter.send(.nak([]), to: peer)
    #expect(transmitter.hellos.next == start + .milliseconds(150))
  }

  @Test func framesHaveTheNumberOfTheLastHello() throws {
    var transmitter = transmitter()
    transmitter.hellos.sent(now: start, jitter: .zero)
    transmitter.send(.nak([]), to: peer)
    #expect(try frames(&transmitter).map(\.number) == [1])
  }

  @Test func retransmitsWhatItHasAndSaysWhatItHasNot() throws {
    var transmitter = transmitter()
    let kept = ResendQueue.capacity
    for number in 0..<Int(kept) + 3 {
      transmitter.send(updates: records(number..<number + 1), now: start)
    }
    _ = transmitter.takeOutput()
    let now = start + ResendQueue.spacing
    let count = transmitter.retransmit([.init(first: 2, count: 4)], to: peer, now: now)
    #expect(count == 2)
    let frames = try frames(&transmitter)
    #expect(frames.dropLast().map(\.sequence) == [4, 5])
    #expect(frames.last?.body == .unavailable(first: 2, last: 3))
    #expect(frames.last?.target == peer)
    let again = transmitter.retransmit([.init(first: 4, count: 2)], to: peer, now: now)
    #expect(again == 0, "it was retransmitted at the same moment")
  }

  @Test func sessionsForCProxiesAreNoFrames() {
    var transmitter = transmitter()
    transmitter.announce([.sample(1), .sample(2)])
    let output = transmitter.takeOutput()
    #expect(output.datagrams.isEmpty && output.announcements.count == 2)
  }

  @Test func settingsFitThePath() throws {
    var transmitter = transmitter()
    let ranges = (0..<100).map { number in
      MaskRange(mark: UInt32(number), proto: .tcp, addresses: 1...1, ports: 1...9)
    }
    transmitter.settings.advertise(
      NodeSettings(isEnabled: true, isTranslating: false, limits: SessionLimits(), pool4: ranges), now: start)
    #expect(transmitter.settings.isDue(now: start))
    transmitter.sendSettings(jitter: .zero, now: start)
    let output = transmitter.takeOutput().datagrams
    #expect(output.count == 2)
    #expect(output.allSatisfy { $0.count <= transmitter.path.frame })
    #expect(transmitter.settings.next == start + SettingsExchange.interval)
  }
}
