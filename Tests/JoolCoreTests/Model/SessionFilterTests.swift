import TestSupport
import Testing

@testable import JoolCore

@Suite struct SessionFilterTests {
  private let session = SessionEntry.sample(7, proto: .tcp, state: .v4Init, expiration: 30_000)

  private func matches(_ change: (inout SessionFilter) -> Void) -> Bool {
    var filter = SessionFilter()
    change(&filter)
    return filter.matches(session)
  }

  @Test func comparesEveryColumn() {
    #expect(SessionFilter().matches(session))
    #expect(matches { $0.protocols = [.udp, .tcp] })
    #expect(!matches { $0.protocols = [.udp] })
    #expect(matches { $0.source6 = TransportRange("2001:db8::/32#4000") })
    #expect(!matches { $0.source6 = TransportRange("2001:db8::/32#4001") })
    #expect(matches { $0.source4 = TransportRange("192.0.2.1#1031") })
    #expect(!matches { $0.source4 = TransportRange("192.0.2.2") })
    #expect(matches { $0.destination6 = TransportRange("64:ff9b::/96#443") })
    #expect(!matches { $0.destination6 = TransportRange("64:ff9b::") })
    #expect(matches { $0.destination4 = TransportRange("192.0.2.8#443") })
    #expect(!matches { $0.destination4 = TransportRange("192.0.2.8#80") })
    #expect(matches { $0.states = [.v4Init, .trans] })
    #expect(!matches { $0.states = [.established] })
    #expect(matches { $0.expiresUnder = Milliseconds(30_001) })
    #expect(!matches { $0.expiresUnder = Milliseconds(30_000) })
    #expect(matches { $0.expiresOver = Milliseconds(29_999) })
    #expect(!matches { $0.expiresOver = Milliseconds(30_000) })
  }

  @Test func excludesOtherProtocolsByAState() {
    var filter = SessionFilter()
    filter.states = [.established]
    #expect(filter.possibleProtocols == [.tcp])
    #expect(!filter.matches(.sample(proto: .udp)))
    filter.protocols = [.udp]
    #expect(filter.possibleProtocols.isEmpty)
  }

  @Test func comparesBindingsByTheirAddresses() throws {
    let entry = BIBEntry(proto: .tcp, source6: session.source6, source4: session.source4, isStatic: true)
    var filter = SessionFilter(protocols: [.tcp], source4: TransportRange("192.0.2.0/24"))
    filter.destination4 = TransportRange("203.0.113.1")
    #expect(filter.matches(entry))
    filter.source6 = TransportRange("2001:db8:1::/48")
    #expect(!filter.matches(entry))
  }

  @Test func isSelectiveIfItHasMoreThanProtocols() {
    #expect(!SessionFilter(protocols: [.udp]).isSelective)
    var filter = SessionFilter()
    filter.expiresOver = Milliseconds(0)
    #expect(filter.isSelective)
  }
}
