import JoolCore
import Testing

@testable import JoolSession

@Suite struct SettingsExchangeTests {
  private let start = Instant.now

  private func settings(_ ranges: Int) -> NodeSettings {
    NodeSettings(
      isEnabled: true, isTranslating: false, limits: SessionLimits(),
      pool4: (0..<ranges).map { NodeSettingsTests.range(UInt32($0), UInt32($0), 1...9) })
  }

  @Test func sendsChangedSettingsAtOnceWithAnotherRevision() {
    var exchange = SettingsExchange()
    #expect(exchange.next == nil)
    exchange.advertise(settings(1), now: start)
    #expect(exchange.isDue(now: start))
    let first = exchange.parts(room: 10, jitter: .zero, now: start)
    #expect(first.map(\.revision) == [1])
    #expect(exchange.next == start + SettingsExchange.interval)
    exchange.advertise(settings(1), now: start + .seconds(1))
    #expect(exchange.next == start + SettingsExchange.interval, "the same settings are no change")
    exchange.advertise(settings(2), now: start + .seconds(2))
    #expect(exchange.next == start + .seconds(2))
  }

  @Test func dividesManyRangesIntoParts() {
    var exchange = SettingsExchange()
    exchange.advertise(settings(25), now: start)
    let parts = exchange.parts(room: 10, jitter: .zero, now: start)
    #expect(parts.map(\.settings.pool4.count) == [10, 10, 5])
    #expect(parts.map(\.part) == [0, 1, 2])
    #expect(parts.allSatisfy { $0.parts == 3 })
    #expect(parts.flatMap(\.settings.pool4) == exchange.own?.pool4)
  }

  @Test func neverPostponesTheNextTime() {
    var exchange = SettingsExchange()
    exchange.advertise(settings(0), now: start)
    _ = exchange.parts(room: 10, jitter: .zero, now: start)
    exchange.send(toNewPeerAt: start + .seconds(60))
    #expect(exchange.next == start + SettingsExchange.interval)
    exchange.send(toNewPeerAt: start + .seconds(3))
    exchange.send(toNewPeerAt: start + .seconds(4))
    #expect(exchange.next == start + .seconds(3))
    _ = exchange.parts(room: 10, jitter: .zero, now: start + .seconds(3))
    #expect(exchange.next == start + .seconds(3) + SettingsExchange.interval)
  }

  @Test func sendsSettingsToANewPeerAgainIfTheyWereSentBeforeItsTime() {
    var exchange = SettingsExchange()
    exchange.send(toNewPeerAt: start + .seconds(1))
    #expect(exchange.next == nil, "there are no settings yet")
    exchange.advertise(settings(0), now: start)
    _ = exchange.parts(room: 10, jitter: .zero, now: start)
    #expect(exchange.next == start + .seconds(1))
  }
}
