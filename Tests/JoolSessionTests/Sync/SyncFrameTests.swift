import JoolCore
import TestSupport
import Testing

@testable import JoolSession

@Suite struct SyncFrameTests {
  private static let bodies: [SyncFrame.Body] = [
    .hello(.init(isReady: true, clock: Version(rawValue: 9), sessions: 3, rootDigest: 0x0123_4567_89AB_CDEF, pool6: .wellKnown)),
    .hello(
      .init(
        isReady: false, clock: Version(rawValue: 9), sessions: 3, rootDigest: 1, pool6: .wellKnown,
        heard: (1...PathSize.ethernet.heard).map {
          .init(sender: SyncSender(node: UInt64($0), epoch: 5), next: 77, silence: Milliseconds(8000))
        })),
    .update([record(.sample(0, proto: .tcp, state: .trans, timer: .transitory)), record(.sample(2, proto: .icmp))]),
    .update((0..<PathSize.ethernet.records).map { record(.sample($0)) }),
    .nak([.init(first: 5, count: 2), .init(first: 9, count: 1)]), .gone(first: 1, last: 7),
    .join(.init(transfer: 1, next: 2, window: 3, missing: [0, 1])),
    .bulk(.init(transfer: 1, frame: 2, frames: 3, records: [record(.sample())])),
    .digests(first: 0, Array(0..<64)), .buckets(group: 63, Array(0..<64)), .repair(bucket: 4095, [record(.sample())]),
    .settings(
      .init(
        revision: 3, part: 1, parts: 2,
        settings: NodeSettings(
          isEnabled: true, isTranslating: false, limits: SessionLimits(),
          pool4: [.init(mark: 7, proto: .icmp, addresses: 1...2, ports: 0...65_535)]))),
  ]

  private static func record(_ session: SessionEntry) -> SyncRecord {
    SyncRecord(session: session, version: Version(rawValue: 0x0102_0304_0506_0708))
  }

  private func frame(_ body: SyncFrame.Body) -> SyncFrame {
    SyncFrame(sender: SyncSender(node: 0xAABB, epoch: 7), sequence: 42, target: 0xCC, body: body)
  }

  @Test(arguments: bodies) func survivesTheWire(body: SyncFrame.Body) throws {
    let bytes = frame(body).encoded()
    #expect(bytes.count <= PathSize.ethernet.frame)
    let isFrame = SyncFrame.isFrame(bytes.span.bytes)
    #expect(isFrame)
    let decoded = try SyncFrame(decoding: bytes.span.bytes, pool6: .wellKnown)
    #expect(decoded == frame(body))
    // A C proxy's module reads an attribute of length 0 and stops.
    #expect(bytes[0] == 0 && bytes[1] == 0)
  }

  @Test func hasTheDocumentedLayout() {
    let expected = bytes(
      hex: """
        0000 03 04               # zero, version, gone
        000000000000aabb 00000007 000000000000002a 00000000000000cc
        0000000000000001 0000000000000007
        """)
    #expect(frame(.gone(first: 1, last: 7)).encoded() == expected)
  }

  @Test func anUpdateAgesUntilItIsSentAgain() throws {
    var bytes = frame(.update([Self.record(.sample(1)), Self.record(.sample(2, expiration: 300))])).encoded()
    SyncFrame.age(&bytes, by: Milliseconds(400))
    guard case .update(let aged) = try SyncFrame(decoding: bytes.span.bytes, pool6: .wellKnown).body else {
      Issue.record("no update any more")
      return
    }
    let left = SessionEntry.sample(1).expiration.rawValue - 400
    #expect(aged.map(\.session.expiration.rawValue) == [left, 0])
  }

  @Test(arguments: bodies) func refusesEveryTruncationAndSurvivesEveryBitFlip(body: SyncFrame.Body) {
    var bytes = frame(body).encoded()
    for length in 0..<bytes.count {
      // Lists may end after any element.
      guard (try? SyncFrame(decoding: bytes.span.bytes.extracting(first: length), pool6: .wellKnown)) != nil else {
        continue
      }
      switch body {
      case .hello, .update, .repair, .bulk, .nak, .join, .settings: continue
      default: Issue.record("accepted \(length) of \(bytes.count) bytes of \(body)")
      }
    }
    for index in bytes.indices {
      for bit in 0..<8 {
        bytes[index] ^= 1 << bit
        _ = try? SyncFrame(decoding: bytes.span.bytes, pool6: .wellKnown)
        bytes[index] ^= 1 << bit
      }
    }
  }
}
