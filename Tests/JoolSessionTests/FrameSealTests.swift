import JoolCore
import TestSupport
import Testing

@testable import JoolSession

@Suite struct KeyRingTests {
  private let key = String(repeating: "0123456789abcdef", count: 4)

  @Test func readsKeysByNumberAndSealsWithTheFirst() throws {
    let ring = try KeyRing(parsing: "# keys\n7 \(key)\n\n  3\t\(key.uppercased())  # old\r\n", name: "keys")
    #expect(ring.sealingID == 7)
    #expect(ring[7]?.count == KeyRing.keySize)
    #expect(ring[3] == ring[7])
    #expect(ring[1] == nil)
  }

  @Test func saysWhatIsWrongWithALine() {
    func failure(_ text: String) -> KeyFileError? {
      do throws(KeyFileError) { _ = try KeyRing(parsing: text, name: "keys") } catch { return error }
      return nil
    }
    for line in ["1", "x \(key)", "0 \(key)", "1 \(key.dropLast())", "1 \(key)0", "1 \(key) 2", "1 \(key.dropLast())g"]
    {
      #expect(failure("# first\n\(line)") == .badLine(file: "keys", line: 2), "\(line)")
    }
    #expect(failure("") == .noKeys(file: "keys"))
    #expect(failure("1 \(key)\n1 \(key)") == .sameNumber(file: "keys", line: 2, 1))
  }

  @Test func readsFilesOfWindowsEditors() throws {
    let ring = try KeyRing(parsing: "1 \(key) # a\r\n2 \(key)\r\n", name: "keys")
    #expect(ring[2] != nil)
  }

  @Test func makesLinesThatItCanRead() throws {
    let (one, other) = (KeyRing.newLine(id: 5), KeyRing.newLine(id: 5))
    #expect(one != other)
    #expect(try KeyRing(parsing: one, name: "keys").sealingID == 5)
  }
}

@Suite struct ReplayWindowTests {
  @Test func admitsEachNumberOnceInAnyOrder() {
    var window = ReplayWindow(after: 1000)
    var seen: Set<UInt64> = []
    var random = SeededGenerator(seed: 9)
    var base: UInt64 = 1001
    for _ in 0..<50_000 {
      base += UInt64.random(in: 0...3, using: &random)
      let number = base + UInt64.random(in: 0...500, using: &random)
      let isFirst = window.admit(number)
      #expect(isFirst == seen.insert(number).inserted, "\(number)")
    }
  }

  @Test func refusesWhatIsTooOldToTell() {
    var window = ReplayWindow(after: 9)
    let numbers: [UInt64] = [
      10, 1_000_000, 11, 1_000_000 - ReplayWindow.size, 1_000_000 - ReplayWindow.size / 2, .max, .max, 1_000_001,
    ]
    let admitted = numbers.map { window.admit($0) }
    #expect(admitted == [true, true, false, false, true, true, false, false])
  }

  @Test(arguments: [0, 63, 64, 5000, UInt64.max - 70]) func refusesWhatCameBeforeItBegan(first: UInt64) {
    var window = ReplayWindow(after: first)
    for number in (first > 5000 ? first - 5000 : 0)...first {
      let isFirst = window.admit(number)
      #expect(!isFirst, "\(number)")
    }
    let later = (first + 1...first + 70).reversed().map { window.admit($0) }
    #expect(later.allSatisfy { $0 })
  }
}

@Suite struct FrameSealTests {
  static func ring(_ lines: (UInt32, Character)...) throws -> KeyRing {
    let text = lines.map { "\($0.0) \(String(repeating: $0.1, count: 64))" }.joined(separator: "\n")
    return try KeyRing(parsing: text, name: "keys")
  }

  private let frame: [UInt8] = Array(0..<200)

  private func sealed(by seal: inout FrameSeal) throws -> [UInt8] {
    let bytes = seal.seal(frame)
    return try #require(bytes)
  }

  @Test func hasTheDocumentedLayout() throws {
    var seal = FrameSeal(keys: try Self.ring((0x0102_0304, "a")), salt: 0xAABB)
    let (first, second) = (try sealed(by: &seal), try sealed(by: &seal))
    #expect(first.count == frame.count + FrameSeal.overhead)
    #expect(
      Array(first[..<32])
        == bytes(hex: "0000 03 ff 01020304 0000000000000000000000000000aabb 0000000000000000"))
    #expect(second[31] == 1)
    #expect(first[32...] != second[32...], "another nonce")
  }

  /// Nothing of an incarnation can be replayed once all keys that it used are gone.
  @Test func incarnationsOfRemovedKeysMakeRoom() throws {
    var receiver = FrameSeal(keys: try Self.ring((1, "a"), (2, "b")), salt: 100, maxIncarnations: 3)
    let (old, new) = (try Self.ring((1, "a")), try Self.ring((2, "b")))
    for (salt, ring) in [(1, old), (2, old), (3, new)] {
      let isTrusted = try hears(&receiver, salt: UInt128(salt), ring)
      #expect(isTrusted)
    }
    let hasRoom = try hears(&receiver, salt: 4, new)
    #expect(!hasRoom)
    #expect(receiver.isFull, "which is a finding")
    receiver.keys = new
    let hasRoomNow = try hears(&receiver, salt: 4, new)
    #expect(hasRoomNow)
    #expect(!receiver.isFull)
    #expect(throws: SealFailure.replayed) { _ = try self.hears(&receiver, salt: 3, new) }
    // The same number for another key: what the former one sealed is gone, too.
    let another = try Self.ring((2, "c"))
    receiver.keys = another
    for salt in 5...7 {
      let isTrusted = try hears(&receiver, salt: UInt128(salt), another)
      #expect(isTrusted)
    }
  }

  /// Whether the first frame of an incarnation is trusted.
  private func hears(_ receiver: inout FrameSeal, salt: UInt128, _ ring: KeyRing) throws -> Bool {
    var sender = FrameSeal(keys: ring, salt: salt)
    let bytes = try sealed(by: &sender)
    let opened = try receiver.open(bytes.span.bytes)
    return receiver.trust(opened)
  }

  @Test func aFullSealIsAFinding() throws {
    var group = Group(keys: [try Self.ring((1, "a")), try Self.ring((1, "a"))], settled: false)
    group.proxies[0].seal = FrameSeal(keys: try Self.ring((1, "a")), salt: 1, maxIncarnations: 0)
    group.pass(.seconds(3))
    #expect(group.findings(at: 0).first?.contains("peers that start now are not heard") == true)
    #expect(group.findings(at: 1) == [])
  }

  /// A seal made by other software: Python's cryptography, HKDF-SHA256 and ChaCha20-Poly1305.
  @Test func opensWhatOthersHaveSealed() throws {
    var seal = FrameSeal(keys: try Self.ring((1, "a")), salt: 1)
    let sealed = bytes(
      hex: """
        0000 03 ff 00000001 000102030405060708090a0b0c0d0e0f 0000000000000005
        4dc5de33b2e0975c92af70e829962e02713a104fb60d87a008ab64db
        """)
    let opened = try seal.open(sealed.span.bytes)
    #expect(Array(opened.frame) == Array("hello, group".utf8))
    #expect(opened.counter == 5)
    #expect(!opened.isTrusted)
  }

  @Test func refusesEveryChangeOfABit() throws {
    var sender = FrameSeal(keys: try Self.ring((1, "a")), salt: 1)
    var receiver = FrameSeal(keys: try Self.ring((1, "a")), salt: 2)
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
    var old = FrameSeal(keys: try Self.ring((1, "a")), salt: 1)
    var new = FrameSeal(keys: try Self.ring((2, "b"), (1, "a")), salt: 2)
    let (fromOld, fromNew) = (try sealed(by: &old), try sealed(by: &new))
    let byNew = try new.open(fromOld.span.bytes)
    #expect(Array(byNew.frame) == frame)
    let tooEarly = Self.failure(of: &old, fromNew)
    #expect(tooEarly == .unknownKey(2))
    old.keys = try Self.ring((1, "a"), (2, "b"))
    let byOld = try old.open(fromNew.span.bytes)
    #expect(Array(byOld.frame) == frame)
    var impostor = FrameSeal(keys: try Self.ring((1, "c")), salt: 3)
    let forged = Self.failure(of: &old, try sealed(by: &impostor))
    #expect(forged == .forged)
    let echo = Self.failure(of: &old, fromOld)
    #expect(echo == .replayed, "our own words come back")
  }

  @Test func acceptsNothingTwiceFromWhomItTrusts() throws {
    var sender = FrameSeal(keys: try Self.ring((1, "a")), salt: 1)
    var receiver = FrameSeal(keys: try Self.ring((1, "a")), salt: 2)
    let datagrams = try (0..<4).map { _ in try sealed(by: &sender) }
    let first = datagrams[1]
    let hello = try receiver.open(first.span.bytes)
    let hasRoom = receiver.trust(hello)
    #expect(hasRoom)
    let outcomes = [1, 3, 3, 2, 2, 0].map { Self.failure(of: &receiver, datagrams[$0]) }
    #expect(
      outcomes == [.replayed, nil, .replayed, nil, .replayed, .replayed], "2 was overtaken; 0 came before the trust")
  }

  private static func failure(of seal: inout FrameSeal, _ datagram: [UInt8]) -> SealFailure? {
    do throws(SealFailure) { _ = try seal.open(datagram.span.bytes) } catch { return error }
    return nil
  }
}

@Suite struct SealedGroupTests {
  private let sessions = (0..<500).map { SessionEntry.sample($0, expiration: 250_000) }

  @Test func nodesWithTheKeyHaveTheSameTable() throws {
    let keys = try FrameSealTests.ring((1, "a"))
    var group = Group(count: 3, keys: [keys, keys, keys])
    group.announce(sessions, at: 0)
    group.pass(.seconds(1))
    for index in 1...2 {
      #expect(group.proxies[index].standing.state == .ready)
      #expect(Set(group.module(index).map(\.source6)) == Set(sessions.map(\.source6)))
    }
    #expect(group.legacy.isEmpty, "C proxies hear nothing")
    for (_, datagram) in group.frames { #expect(datagram[3] == FrameSeal.type) }
  }

  @Test func nodesWithoutTheKeyAreOutside() throws {
    let (ours, theirs) = (try FrameSealTests.ring((1, "a")), try FrameSealTests.ring((1, "b")))
    var group = Group(count: 4, keys: [ours, ours, theirs, nil])
    for index in [0, 2, 3] { group.announce([.sample(index, expiration: 250_000)], at: index) }
    group.hearLegacy(SyncFormat.packed36.encode([.sample(9)]), at: 0)
    group.pass(.seconds(2))
    #expect(group.module(0).isEmpty)
    #expect(group.module(1).map(\.source6) == [SessionEntry.sample(0).source6])
    #expect(group.module(2).isEmpty && group.module(3).isEmpty)
    let counters = group.proxies[0].counters
    #expect(counters.forgedDatagrams > 0 && counters.unsealedDatagrams > 0)
  }

  /// Everything that was ever said, said again to a node that has just started and remembers nothing.
  @Test func whatWasRecordedSaysNothingToALaterStart() throws {
    let keys = try FrameSealTests.ring((1, "a"))
    var group = Group(keys: [keys, keys])
    group.announce(sessions, at: 0)
    group.pass(.seconds(3))
    #expect(!group.module(1).isEmpty)
    var late = Group(count: 1, keys: [keys], seed: 100, settled: false)
    late.now = group.now
    for (_, datagram) in group.frames {
      late.now += .milliseconds(1)
      _ = late.proxies[0].received(
        datagram: datagram.span.bytes, length: datagram.count, from: Group.address(of: 1), now: late.now)
      late.pass(.milliseconds(10))
    }
    late.pass(.seconds(7))
    #expect(late.module(0).isEmpty)
    #expect(late.proxies[0].counters.untrustedFrames == UInt64(group.frames.count))
  }

  /// The same while who said it is still there, and trusted: sessions that have ended must not come back.
  @Test func whatAPeerSaidBeforeAStartIsNotSaidAgain() throws {
    let keys = try FrameSealTests.ring((1, "a"))
    var group = Group(keys: [keys, keys])
    group.announce((0..<20).map { .sample($0, expiration: 10_000) }, at: 0)
    group.pass(.seconds(150))
    let recorded = group.frames.filter { $0.proxy == 0 }.map(\.datagram)
    #expect(group.module(1).count == 20 && recorded.count > 100)
    #expect(group.proxies.allSatisfy { $0.node?.table.count == 0 }, "they have ended")
    group.restart(1, seed: 77, keys: keys)
    for _ in 0..<20 {
      for datagram in recorded {
        _ = group.proxies[1].received(
          datagram: datagram.span.bytes, length: datagram.count, from: Group.address(of: 0), now: group.now)
      }
      group.pass(.milliseconds(50))
    }
    group.pass(.seconds(7))
    #expect(group.module(1).isEmpty && group.proxies[1].node?.table.count == 0)
    #expect(group.proxies[1].node?.peers.count == 1, "it trusts the peer")
  }

  @Test func aGroupGetsANewKeyNodeByNode() throws {
    let (old, both) = (try FrameSealTests.ring((1, "a")), try FrameSealTests.ring((1, "a"), (2, "b")))
    let (turned, new) = (try FrameSealTests.ring((2, "b"), (1, "a")), try FrameSealTests.ring((2, "b")))
    var group = Group(keys: [old, old])
    var number = 0
    for (node, ring) in [(0, both), (1, both), (0, turned), (1, turned), (0, new), (1, new)] {
      group.proxies[node].use(ring)
      group.announce([sessions[number]], at: 0)
      group.pass(.seconds(1))
      number += 1
      #expect(group.module(1).count == number)
    }
  }
}
