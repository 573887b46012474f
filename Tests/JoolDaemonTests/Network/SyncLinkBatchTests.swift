import Glibc
import JoolCore
import Logging
import Testing

@testable import JoolDaemon
@testable import JoolSession

/// Tests with a link over the loopback interface.
@Suite struct SyncLinkBatchTests {
  private final class Pair: SyncLink {
    let descriptor: Int32
    private let sender: Int32

    init() {
      let kind = Int32(SOCK_DGRAM.rawValue)
      (descriptor, sender) = (socket(AF_INET, kind, 0), socket(AF_INET, kind, 0))
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
      var length = socklen_t(MemoryLayout<sockaddr_in>.size)
      withUnsafeMutableBytes(of: &address) { bytes in
        guard let own = bytes.assumingMemoryBound(to: sockaddr.self).baseAddress else { return }
        bind(descriptor, own, length)
        getsockname(descriptor, own, &length)
        connect(sender, own, length)
      }
    }

    deinit {
      close(descriptor)
      close(sender)
    }

    var mtu: Int? { nil }

    func heal(log: Logger) -> Bool { false }

    func send(_ payload: RawSpan) {}

    func sendNumber(_ number: Int) -> Bool {
      let bytes = [UInt8(truncatingIfNeeded: number), UInt8(truncatingIfNeeded: number >> 8)]
      return Glibc.send(sender, bytes, 2, Int32(MSG_DONTWAIT)) == 2
    }
  }

  @Test func readsOneBatchPerTurn() throws {
    let link = Pair()
    // The smallest receive buffer holds this number of datagrams.
    var sent = 0
    while sent < 3 * SyncLinks.batch, link.sendNumber(sent) { sent += 1 }
    try #require(sent == 3 * SyncLinks.batch)
    var buffer = [UInt8](repeating: 0, count: SyncLinks.batch * SyncLinks.stride)
    var turns: [Int] = []
    var received: [Int] = []
    for _ in 0..<sent where received.count < sent {
      let before = received.count
      try link.takeBatch(into: &buffer) { arrival, datagram in
        #expect(arrival.length == 2 && datagram.byteCount == 2)
        datagram.withUnsafeBytes { received.append(Int($0[0]) | Int($0[1]) << 8) }
      }
      turns.append(received.count - before)
    }
    #expect(received == Array(0..<sent))
    #expect(turns.allSatisfy { $0 <= SyncLinks.batch }, "\(turns)")
  }
}
