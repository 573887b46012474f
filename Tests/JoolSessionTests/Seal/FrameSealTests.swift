import JoolCore
import Synchronization
import TestSupport
import Testing

@testable import JoolSession

@Suite struct FrameSealTests {
  static func ring(_ lines: (UInt32, Character)...) throws -> KeyRing {
    let text = lines.map { "\($0.0) \(String(repeating: $0.1, count: 64))" }.joined(separator: "\n")
    return try KeyRing(parsing: text, name: "keys")
  }

  private let frame: [UInt8] = Array(0..<200)

  private func sealed(by seal: inout FrameSeal) throws -> [UInt8] {
    let bytes = seal.seal([frame])
    return try #require(bytes.first)
  }

  @Test func hasTheDocumentedLayout() throws {
    let fresh = ProcessMoment(random: [1, 2, 3, 4], realtime: 5, boottime: 6, process: 7)
    var seal = FrameSeal(keys: try Self.ring((0x0102_0304, "a")), start: 0xAABB) { fresh }
    let batch = seal.seal([frame, frame])
    try #require(batch.count == 2)
    let (first, second) = (batch[0], batch[1])
    #expect(first.count == frame.count + FrameSeal.overhead)
    #expect(Array(first[..<24]) == bytes(hex: "0000 03 ff 01020304 000000000000aabb 0000000000000000"))
    #expect(first[24..<32] == second[24..<32], "one mix for the batch")
    #expect(second[23] == 1)
    #expect(first[32...] != second[32...], "another nonce")
  }

  /// Frames of an incarnation cannot be replayed once all keys that it used have been removed.
  @Test func forgetsIncarnationsOfRemovedKeys() throws {
    var receiver = FrameSeal(keys: try Self.ring((1, "a"), (2, "b")), start: 100, maxIncarnations: 3)
    let (old, new) = (try Self.ring((1, "a")), try Self.ring((2, "b")))
    for (start, ring) in [(1, old), (2, old), (3, new)] {
      let isTrusted = try trustsNewSender(&receiver, start: UInt64(start), ring)
      #expect(isTrusted)
    }
    let hasRoom = try trustsNewSender(&receiver, start: 4, new)
    #expect(!hasRoom)
    #expect(receiver.isFull, "the status reports it")
    receiver.keys = new
    let hasRoomNow = try trustsNewSender(&receiver, start: 4, new)
    #expect(hasRoomNow)
    #expect(!receiver.isFull)
    #expect(throws: SealFailure.replayed) { _ = try self.trustsNewSender(&receiver, start: 3, new) }
    // Another key under the same number: frames sealed with the former key cannot be opened either.
    let another = try Self.ring((2, "c"))
    receiver.keys = another
    for start in 5...7 {
      let isTrusted = try trustsNewSender(&receiver, start: UInt64(start), another)
      #expect(isTrusted)
    }
  }

  /// Whether the first frame of an incarnation is trusted.
  private func trustsNewSender(_ receiver: inout FrameSeal, start: UInt64, _ ring: KeyRing) throws -> Bool {
    var sender = FrameSeal(keys: ring, start: start)
    let bytes = try sealed(by: &sender)
    let opened = try receiver.open(bytes.span.bytes)
    return receiver.trust(opened)
  }

  @Test func reportsAFullSeal() throws {
    var group = Group(keys: [try Self.ring((1, "a")), try Self.ring((1, "a"))], settled: false)
    group.proxies[0].seal = FrameSeal(keys: try Self.ring((1, "a")), start: 1, maxIncarnations: 0)
    group.pass(.seconds(3))
    #expect(group.findings(at: 0).first?.contains("frames of peers that start now are rejected") == true)
    #expect(group.findings(at: 1) == [])
  }

  /// A frame sealed by other software (Python's cryptography: HKDF-SHA256 and ChaCha20-Poly1305).
  @Test func opensFramesSealedByOtherSoftware() throws {
    var seal = FrameSeal(keys: try Self.ring((1, "a")), start: 1)
    let sealed = bytes(
      hex: """
        0000 03 ff 00000001 0001020304050607 0000000100000005 08090a0b0c0d0e0f
        f5aaa324329e748b2855c9c49e24d2c903a0390997295d339df7c205
        """)
    let opened = try seal.open(sealed.span.bytes)
    #expect(Array(opened.frame) == Array("hello, group".utf8))
    #expect(opened.counter == 1 << 32 | 5)
    #expect(!opened.isTrusted)
  }

  /// The expected datagrams were sealed by other software (the same).
  @Test func sealsFramesAsOtherSoftwareDoes() throws {
    let fresh = ProcessMoment(random: [1, 2, 3, 4], realtime: 5, boottime: 6, process: 7)
    var seal = FrameSeal(keys: try Self.ring((0x0102_0304, "a")), start: 0xAABB) { fresh }
    let text = Array("hello, group".utf8)
    let datagrams = seal.seal([text, text])
    let expected = [
      """
      0000 03 ff 01020304 000000000000aabb 0000000000000000 51190f9792e09bdc
      f17661746847535852df778fb4036078f1c7ee0a359cd926504ea0be
      """,
      """
      0000 03 ff 01020304 000000000000aabb 0000000000000001 51190f9792e09bdc
      4ec33a7063e67e3037527983d0ebdc3fc015d83ff7c85475e1b6f620
      """,
    ]
    #expect(datagrams == expected.map { bytes(hex: $0) })
  }

  /// The expected mix was computed by other software (Python's hashlib, over nine words).
  @Test func mixesInputsThatDifferBetweenCopies() {
    let fresh = ProcessMoment(random: [1, 2, 3, 4], realtime: 5, boottime: 6, process: 7)
    #expect(fresh.mix(start: 8, counter: 9) == 0x713a_0563_be92_fa4d)
    let (one, other) = (ProcessMoment.now(), ProcessMoment.now())
    #expect(one.random.count == 4 && one.random != other.random)
    #expect(one.realtime > 0 && one.boottime > 0 && one.boottime <= other.boottime && one.process > 0)
    #expect(one.mix(start: 8, counter: 9) != other.mix(start: 8, counter: 9))
  }

  /// A clock shared by all copies that advances with each reading.
  private final class Readings: Sendable {
    private let last = Mutex<UInt64>(0)

    func next() -> UInt64 {
      last.withLock { value in
        value += 1
        return value
      }
    }
  }

  /// The proxy is copied between any two batches, the copies are copied in turn, and all send different frames.
  ///
  /// A copy has the same start and counter. In the worst case the kernel's randomness is the same, too, but clocks
  /// advance.
  @Test(arguments: [false, true]) func copiesNeverShareKeyAndNonce(isClockAlone: Bool) throws {
    let readings = Readings()
    let source: ProcessMoment.Source = {
      let time = readings.next()
      return ProcessMoment(
        random: isClockAlone ? [1, 2, 3, 4] : [time, 0, 0, 0], realtime: isClockAlone ? time : 0, boottime: 0,
        process: 1)
    }
    var copies = [FrameSeal(keys: try Self.ring((1, "a")), start: 7, freshness: source)]
    var seen: [ArraySlice<UInt8>: ArraySlice<UInt8>] = [:]
    var text: UInt8 = 0
    for _ in 0..<6 {
      copies += copies
      for index in copies.indices {
        for size in 1...2 {
          text &+= 1
          for datagram in copies[index].seal(Array(repeating: [text], count: size)) {
            let former = seen.updateValue(datagram[32...], forKey: datagram[..<32])
            #expect(former == nil, "another text has the same header, and so the same key and nonce")
          }
        }
      }
    }
  }

  /// A copy that is made after the mix was drawn can only seal the same frames again.
  @Test func aCopyMadeAfterTheMixRepeatsTheSameDatagrams() throws {
    let fresh = ProcessMoment(random: [1, 2, 3, 4], realtime: 5, boottime: 6, process: 7)
    var seal = FrameSeal(keys: try Self.ring((1, "a")), start: 7) { fresh }
    var copy = seal
    let (one, other) = (seal.seal([frame, [1]]), copy.seal([frame, [1]]))
    #expect(one == other && one.count == 2)
  }

  @Test func refusesTheFormerVersionWithAClearMessage() throws {
    var seal = FrameSeal(keys: try Self.ring((1, "a")), start: 1)
    let former = bytes(
      hex: """
        0000 02 ff 00000001 000102030405060708090a0b0c0d0e0f 0000000000000005
        4dc5de33b2e0975c92af70e8e1a1cc608a0f754b7f4b7422e0b1ccb2
        """)
    let failure = Self.failure(of: &seal, former)
    #expect(failure == .otherVersion(2))
    #expect(failure?.description.contains("Upgrade the older one") == true)
    var counters = ProxyCounters()
    counters.count(.otherVersion(2))
    #expect(counters.otherVersions == 1)
  }

  /// Own frames that return over the network are replays.
  ///
  /// A higher counter under the own start proves that a copy has sent the frame, if the frame is authentic: anyone can
  /// forge a header.
  @Test func distinguishesEchoesFromCopies() throws {
    var seal = FrameSeal(keys: try Self.ring((1, "a")), start: 1)
    var copy = seal
    let (own, same) = (try sealed(by: &seal), try sealed(by: &copy))
    let ahead = try sealed(by: &copy)
    var forged = ahead
    forged[40] ^= 1
    let outcomes = [own, same, ahead, forged].map { Self.failure(of: &seal, $0) }
    #expect(
      outcomes == [.replayed, .replayed, .ownStart, .forged], "an equal counter proves no copy")
    seal.startAnew(2)
    var receiver = FrameSeal(keys: try Self.ring((1, "a")), start: 3)
    let anew = try sealed(by: &seal)
    let opened = try receiver.open(anew.span.bytes)
    #expect(opened.start == 2 && opened.counter == 0)
  }

  /// Forged headers with the start of a trusted peer must neither displace the key that its datagrams need nor fill the
  /// memory.
  @Test func opensDatagramsAfterFourBillion() throws {
    let ring = try Self.ring((1, "a"), (2, "b"))
    var receiver = FrameSeal(keys: ring, start: 9)
    let header = bytes(hex: "0000 03 ff 00000001 0001020304050607 0000000100000004 08090a0b0c0d0e0f")
    let later = bytes(
      hex: """
        0000 03 ff 00000001 0001020304050607 0000000100000005 08090a0b0c0d0e0f
        f5aaa324329e748b2855c9c49e24d2c903a0390997295d339df7c205
        """)
    var sender = FrameSeal(keys: ring, start: 0x0001_0203_0405_0607)
    let first = try sealed(by: &sender)
    let hello = try receiver.open(first.span.bytes)
    let isTrusted = receiver.trust(hello)
    #expect(isTrusted)
    let second = try sealed(by: &sender)
    let forged = header + [UInt8](repeating: 0, count: 28)
    let outcomes = [forged, second, later, later].map { Self.failure(of: &receiver, $0) }
    #expect(outcomes == [.forged, nil, nil, .replayed], "each upper half of the counter has its own key")
  }

  @Test func refusesEveryChangeOfABit() throws {
    var sender = FrameSeal(keys: try Self.ring((1, "a")), start: 1)
    var receiver = FrameSeal(keys: try Self.ring((1, "a")), start: 2)
    var sealed = try self.sealed(by: &sender)
    for index in sealed.indices {
      for bit in 0..<8 {
        sealed[index] ^= 1 << bit
        let failure = Self.failure(of: &receiver, sealed)
        #expect(failure != nil, "byte \(index), bit \(bit)")
        sealed[index] ^= 1 << bit
      }
    }
    for length in 0..<sealed.count {
      let failure = Self.failure(of: &receiver, Array(sealed[..<length]))
      #expect(failure != nil, "\(length) bytes")
    }
    let whole = Self.failure(of: &receiver, sealed)
    #expect(whole == nil)
  }

  @Test func opensWithAnyKeyOfTheRing() throws {
    var old = FrameSeal(keys: try Self.ring((1, "a")), start: 1)
    var new = FrameSeal(keys: try Self.ring((2, "b"), (1, "a")), start: 2)
    let (fromOld, fromNew) = (try sealed(by: &old), try sealed(by: &new))
    let byNew = try new.open(fromOld.span.bytes)
    #expect(Array(byNew.frame) == frame)
    let tooEarly = Self.failure(of: &old, fromNew)
    #expect(tooEarly == .unknownKey(2))
    old.keys = try Self.ring((1, "a"), (2, "b"))
    let byOld = try old.open(fromNew.span.bytes)
    #expect(Array(byOld.frame) == frame)
    var impostor = FrameSeal(keys: try Self.ring((1, "c")), start: 3)
    let forged = Self.failure(of: &old, try sealed(by: &impostor))
    #expect(forged == .forged)
    let echo = Self.failure(of: &old, fromOld)
    #expect(echo == .replayed, "an own frame came back")
  }

  @Test func refusesReplaysFromATrustedSender() throws {
    var sender = FrameSeal(keys: try Self.ring((1, "a")), start: 1)
    var receiver = FrameSeal(keys: try Self.ring((1, "a")), start: 2)
    let datagrams = try (0..<4).map { _ in try sealed(by: &sender) }
    let first = datagrams[1]
    let hello = try receiver.open(first.span.bytes)
    let hasRoom = receiver.trust(hello)
    #expect(hasRoom)
    let outcomes = [1, 3, 3, 2, 2, 0].map { Self.failure(of: &receiver, datagrams[$0]) }
    #expect(
      outcomes == [.replayed, nil, .replayed, nil, .replayed, .replayed], "frame 2 was reordered; frame 0 is too old")
  }

  private static func failure(of seal: inout FrameSeal, _ datagram: [UInt8]) -> SealFailure? {
    do throws(SealFailure) { _ = try seal.open(datagram.span.bytes) } catch { return error }
    return nil
  }
}
