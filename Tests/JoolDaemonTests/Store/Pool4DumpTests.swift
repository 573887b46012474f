import JoolCore
import Testing

@testable import JoolDaemon
@testable import JoolSession

@Suite struct Pool4DumpTests {
  /// Whatever the number of its entries: a turn handles a page and what it makes of it.
  @Test func pool4IsMergedPageByPage() {
    var dump = Pool4Dump(now: .now)
    for page in 0..<400 {
      dump.add(
        (0..<UInt32(64)).map {
          Pool4Entry(proto: .udp, prefix: .init(host: .init(bits: UInt32(page) * 64 + $0)), ports: .all)
        })
      #expect(dump.ranges.count == 1)
    }
    var scattered = Pool4Dump(now: .now)
    for page in 0..<400 where !scattered.isFinished {
      scattered.add(
        (0..<UInt32(64)).map {
          // PeerFormats are not adjacent, so nothing merges.
          Pool4Entry(proto: .udp, prefix: .init(host: .init(bits: (UInt32(page) * 64 + $0) * 2)), ports: .all)
        })
    }
    #expect((Pool4Dump.maxRanges...Pool4Dump.maxRanges + 64).contains(scattered.ranges.count), "more does not matter")
  }
}
