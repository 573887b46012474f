import JoolCore
import TestSupport
import Testing

@testable import JoolSession

@Suite struct StaticEntriesTests {
  private static func entry(_ number: Int, isStatic: Bool = true) -> BIBEntry {
    let session = SessionEntry.sample(number)
    return BIBEntry(proto: session.proto, source6: session.source6, source4: session.source4, isStatic: isStatic)
  }

  @Test func countsAnEntryOnceThoughItIsReadTwice() {
    var statics = StaticEntries()
    statics.note([Self.entry(1), Self.entry(2), Self.entry(3, isStatic: false)])
    statics.note([Self.entry(2), Self.entry(4)])
    #expect(statics.count == 3)
    #expect(statics.contains(Self.entry(2)))
    #expect(!statics.contains(Self.entry(3)))
  }

  @Test func anEntryThatChangedBetweenTwoPagesReplacesItsFormerSelf() {
    let (one, two, three) = (Self.entry(1), Self.entry(2), Self.entry(3))
    func entry(_ client: BIBEntry, _ mask: BIBEntry) -> BIBEntry {
      BIBEntry(proto: client.proto, source6: client.source6, source4: mask.source4, isStatic: true)
    }
    var statics = StaticEntries()
    statics.note([one, two])
    // Client 1 got mask 3, and its former mask is free.
    statics.note([entry(one, three)])
    #expect(statics.contains(entry(one, three)) && !statics.contains(one))
    #expect(!statics.contradict(entry(three, one)))
    // Mask 2 was given to client 3, and its former client is free.
    statics.note([entry(three, two)])
    #expect(!statics.contradict(entry(two, one)))
    #expect(statics.contradict(two))
    #expect(statics.count == 2)
  }

  @Test func entriesOfTwoProtocolsDiffer() {
    var statics = StaticEntries()
    let udp = Self.entry(1)
    let tcp = BIBEntry(proto: .tcp, source6: udp.source6, source4: udp.source4, isStatic: true)
    statics.note([udp, tcp])
    #expect(statics.count == 2)
  }
}
