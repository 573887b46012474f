import JoolCore
import TestSupport
import Testing

@testable import JoolSession

@Suite struct SyncFrameTests {
  private static let hello = SyncFrame.Hello(
    state: .ready, may: true, isTranslating: true, tag: 0x0155, request: 7,
    clock: Version(rawValue: 0x0102_0304_0506_0708), sessions: 3, rootDigest: 0x0123_4567_89AB_CDEF, pool6: .wellKnown,
    limits: SessionLimits(), asks: Incarnation(0xDD))

  private static func hello(_ state: NodeState, entries: Int, padding: Int = 0) -> SyncFrame.Hello {
    var hello = hello
    hello.state = state
    hello.padding = padding
    hello.entries = (0..<entries).map {
      SyncFrame.HelloEntry(
        incarnation: Incarnation(UInt64($0) + 1), next: 77, beyond: 5, silence: 8, flags: [.heard, .hasTable],
        promise: 9)
    }
    return hello
  }

  private static let bodies: [SyncFrame.Body] = [
    .hello(hello), .hello(hello(.mending, entries: PathMTU.ethernet.entries)),
    .hello(hello(.starting, entries: 1, padding: 20)),
    .update([record(.sample(0, proto: .tcp, state: .trans, timer: .transitory)), record(.sample(2, proto: .icmp))]),
    .update((0..<PathMTU.ethernet.records).map { record(.sample($0)) }),
    .nak([.init(first: 5, count: 2), .init(first: 9, count: 1)]), .unavailable(first: 1, last: 7),
    .pull(.init(transfer: 1, next: 2, window: 3, buckets: nil, missing: [0, 1])),
    .pull(.init(transfer: 1, next: 0, window: 16, buckets: set([0, 9, 4095]), missing: [])),
    .bulk(.init(transfer: 1, frame: 2, frames: 3, records: [record(.sample())])),
    .bulk(
      .init(
        transfer: 1, frame: 2, frames: 3, records: (0..<PathMTU.ethernet.bulkRecords).map { record(.sample($0)) })),
    .compare(first: 0, Array(0..<64)), .buckets(group: 63, Array(0..<64)),
    .differences(.init(first: 0, count: 64, bitmap: .max)), .differences(.init(first: 5, count: 2, bitmap: 3)),
    .settings(
      .init(
        revision: 3, part: 1, parts: 2,
        settings: NodeSettings(
          isEnabled: true, isTranslating: false, limits: SessionLimits(),
          pool4: [.init(mark: 7, proto: .icmp, addresses: 1...2, ports: 0...65_535)]))),
  ]

  private static func set(_ buckets: [Int]) -> BucketSet {
    var set = BucketSet()
    for bucket in buckets { set.insert(bucket) }
    return set
  }

  private static func record(_ session: SessionEntry) -> SyncRecord {
    SyncRecord(session: session, version: Version(rawValue: 0x0102_0304_0506_0708))
  }

  private func frame(_ body: SyncFrame.Body) -> SyncFrame {
    SyncFrame(sender: Incarnation(0xAABB), number: 7, sequence: 42, target: Incarnation(0xCC), body: body)
  }

  private func decode(_ bytes: [UInt8]) throws -> SyncFrame {
    try SyncFrame(decoding: bytes.span.bytes, pool6: .wellKnown)
  }

  @Test(arguments: bodies) func decodesEncodedFrames(body: SyncFrame.Body) throws {
    let bytes = frame(body).encoded()
    #expect(bytes.count <= PathMTU.ethernet.frame)
    let isFrame = SyncFrame.isFrame(bytes.span.bytes)
    #expect(isFrame)
    let decoded = try SyncFrame(decoding: bytes.span.bytes, pool6: .wellKnown)
    #expect(decoded == frame(body))
    // The module of a C proxy reads an attribute of length 0 and stops.
    #expect(bytes[0] == 0 && bytes[1] == 0)
  }

  @Test func hasTheDocumentedLayout() {
    let expected = bytes(
      hex: """
        0000 03 04               # zero, version, unavailable
        000000000000aabb 00000007 000000000000002a 00000000000000cc
        0000000000000001 0000000000000007
        """)
    #expect(frame(.unavailable(first: 1, last: 7)).encoded() == expected)
  }

  @Test func aHelloHasTheDocumentedLayout() {
    let expected = bytes(
      hex: """
        0000 03 01               # zero, version, hello
        000000000000aabb 00000007 000000000000002a 00000000000000cc
        02 03 0155 07 60 0000    # ready; may, translating; tag; request; pool6 length
        0102030405060708 0000000000000003 0123456789abcdef
        0064ff9b000000000000000000000000
        006ddd00 0003a980 000493e0 0000ea60
        00000000000000dd
        0000000000000001 000000000000004d 00000005 0008 03 09
        """)
    #expect(frame(.hello(Self.hello(.ready, entries: 1))).encoded() == expected)
    #expect(PathMTU.ethernet.entries == 54)
  }

  @Test func aRecordTakes44BytesWithItsVersionLast() {
    let encoded = frame(.update([Self.record(.sample())])).encoded()
    #expect(encoded.count == 32 + 44)
    #expect(Array(encoded.suffix(8)) == [1, 2, 3, 4, 5, 6, 7, 8])
    #expect(PathMTU.ethernet.records == 31)
  }

  @Test func aPullHasTheDocumentedLayout() {
    let pull = SyncFrame.Pull(transfer: 1, next: 0, window: 16, buckets: Self.set([0, 9]), missing: [])
    let encoded = frame(.pull(pull)).encoded()
    let fixed = bytes(hex: "00000001 00000000 00000010 00000001 01 02")
    #expect(Array(encoded[32..<50]) == fixed)
    #expect(encoded.count == 32 + 16 + 512)
    let differences = frame(.differences(.init(first: 5, count: 2, bitmap: 3))).encoded()
    let expected = bytes(hex: "0005 0002 00000000 0000000000000003")
    #expect(Array(differences[32...]) == expected)
  }

  @Test func refusesOtherVersions() {
    var bytes = frame(.unavailable(first: 1, last: 7)).encoded()
    bytes[2] = 2
    #expect(throws: WireFormatError.unsupportedVersion(2)) { try decode(bytes) }
  }

  @Test func refusesVersionsAboveTheLimit() {
    var update = frame(.update([Self.record(.sample())])).encoded()
    update[32 + 36] = 0x80
    #expect(throws: WireFormatError.self) { try decode(update) }
    var hello = frame(.hello(Self.hello)).encoded()
    hello[40] = 0x80
    #expect(throws: WireFormatError.self) { try decode(hello) }
  }

  @Test func refusesAQuestionToNobodyAndOneWithoutANumber() {
    for (request, asks) in [(UInt8(7), Incarnation.nobody), (0, Incarnation(0xDD))] {
      var hello = Self.hello
      (hello.request, hello.asks) = (request, asks)
      let bytes = frame(.hello(hello)).encoded()
      #expect(throws: WireFormatError.badValue(field: "SS2 request", value: UInt64(request))) { try decode(bytes) }
    }
  }

  @Test func refusesAnEntryAfterThePadding() {
    var bytes = frame(.hello(Self.hello(.starting, entries: 0, padding: 2))).encoded()
    bytes[104 + 24 + 7] = 1
    #expect(throws: WireFormatError.self) { try decode(bytes) }
  }

  @Test func agesAnUpdateBeforeItsRetransmission() throws {
    var bytes = frame(.update([Self.record(.sample(1)), Self.record(.sample(2, expiration: 300))])).encoded()
    SyncFrame.age(&bytes, by: Milliseconds(400))
    guard case .update(let aged) = try SyncFrame(decoding: bytes.span.bytes, pool6: .wellKnown).body else {
      Issue.record("the frame is no longer an update")
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
      case .hello, .update, .bulk, .nak, .pull, .settings: continue
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
