import JoolCore
import Testing

@testable import JoolDaemon
@testable import JoolSession

@Suite struct Pool4DumpTests {
  /// A turn of the event loop handles one page, so that its duration does not depend on the size of pool4.
  @Test func mergesPool4PageByPage() {
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
          // The addresses are not adjacent, so no ranges are merged.
          Pool4Entry(proto: .udp, prefix: .init(host: .init(bits: (UInt32(page) * 64 + $0) * 2)), ports: .all)
        })
    }
    #expect((Pool4Dump.maxRanges...Pool4Dump.maxRanges + 64).contains(scattered.ranges.count), "no stop at the limit")
  }
}
