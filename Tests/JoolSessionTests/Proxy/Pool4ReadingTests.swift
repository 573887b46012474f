import JoolCore
import Testing

@testable import JoolSession

@Suite struct Pool4ReadingTests {
  private static func page(_ first: UInt32, every step: UInt32 = 1) -> [Pool4Entry] {
    (0..<64).map { Pool4Entry(proto: .udp, prefix: .init(host: .init(bits: first + $0 * step)), ports: .all) }
  }

  @Test func readsEachProtocolToItsEnd() {
    var reading = Pool4Reading(now: .now)
    #expect(reading.request == .readPool4(.tcp, after: nil))
    let page = Self.page(1)
    reading.note(page, hasMore: true)
    #expect(reading.request == .readPool4(.tcp, after: page.last))
    reading.note([], hasMore: true)
    #expect(reading.request == .readPool4(.udp, after: nil), "an empty page is the last one")
    reading.note([], hasMore: false)
    reading.note([], hasMore: false)
    #expect(reading.request == nil)
  }

  /// A turn of the event loop handles one page, so that its duration does not depend on the size of pool4.
  @Test func mergesPool4PageByPage() {
    var reading = Pool4Reading(now: .now)
    for page in 0..<400 {
      reading.note(Self.page(UInt32(page) * 64), hasMore: true)
      #expect(reading.ranges.count == 1)
    }
  }

  @Test func stopsAtTheMaximumNumberOfRanges() {
    var reading = Pool4Reading(now: .now)
    for page in 0..<400 where reading.request != nil {
      // The addresses are not adjacent, so no ranges are merged.
      reading.note(Self.page(UInt32(page) * 128, every: 2), hasMore: true)
    }
    #expect((Pool4Reading.maxRanges...Pool4Reading.maxRanges + 64).contains(reading.ranges.count))
  }
}
