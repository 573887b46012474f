import JoolCore
import TestSupport
import Testing

@testable import JoolSession

@Suite struct MaskOrderTests {
  private struct Mask: Hashable, Comparable {
    let proto: L4Protocol
    let mask: TransportAddress4

    static func < (left: Self, right: Self) -> Bool {
      (left.proto.rawValue, left.mask) < (right.proto.rawValue, right.mask)
    }
  }

  private static func list(_ order: MaskOrder) -> [Mask] {
    var found: [Mask] = []
    for proto in L4Protocol.allCases.sorted(by: { $0.rawValue < $1.rawValue }) {
      var last: TransportAddress4?
      while let mask = order.next(proto, after: last) {
        found.append(Mask(proto: proto, mask: mask))
        last = mask
      }
    }
    return found
  }

  /// Dense and sparse masks, added and removed at random, against a set.
  @Test(arguments: [3, 16, 32], 1...4 as ClosedRange<UInt64>)
  func hasTheMasksInOrder(addressBits: UInt32, seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var order = MaskOrder()
    var expected: Set<Mask> = []
    for step in 0..<8000 {
      let address = IPv4Address(bits: UInt32.random(in: 0...UInt32.max >> (32 - addressBits), using: &random))
      let port = UInt16.random(in: 0...(seed % 2 == 0 ? .max : 200), using: &random)
      let proto = try #require(L4Protocol.allCases.randomElement(using: &random))
      var mask = Mask(proto: proto, mask: TransportAddress(address, port))
      if step % 5 > 2, let some = expected.first { mask = some }
      if expected.insert(mask).inserted {
        order.insert(mask.proto, mask.mask)
      } else {
        expected.remove(mask)
        order.remove(mask.proto, mask.mask)
      }
    }
    #expect(Self.list(order) == expected.sorted())
    for mask in expected { order.remove(mask.proto, mask.mask) }
    #expect(Self.list(order).isEmpty)
  }

  @Test func goesOnAfterAnyMask() {
    var order = MaskOrder()
    let ends = [TransportAddress(IPv4Address(bits: 0), 0), TransportAddress(IPv4Address(bits: .max), .max)]
    for mask in ends { order.insert(.udp, mask) }
    #expect(order.next(.udp, after: nil) == ends[0])
    #expect(order.next(.udp, after: ends[0]) == ends[1])
    #expect(order.next(.udp, after: ends[1]) == nil)
    #expect(order.next(.tcp, after: nil) == nil)
    #expect(order.next(.icmp, after: nil) == nil)
  }

  /// Whatever happens to the table, the order that it keeps is the one that its rows have.
  @Test func followsTheTable() throws {
    var random = SeededGenerator(seed: 9)
    var now = Instant.now
    let empty = SessionTable(pool6: .wellKnown, now: now)
    var table = try #require(empty)
    table.keepMasksInOrder()
    for _ in 0..<5000 {
      let number = Int.random(in: 0..<700, using: &random)
      switch Int.random(in: 0..<4, using: &random) {
      case 0: table.removeSessions(of: SessionEntry.sample(number).bibEntry)
      case 1:
        now += .milliseconds(40)
        table.expire(now: now)
      default:
        var session = SessionEntry.sample(number)
        session.expiration = Milliseconds(.random(in: 1...20_000, using: &random))
        _ = table.upsert(session, now: now)
      }
    }
    var rows = table
    rows.masks = nil
    let order = try #require(table.masks)
    #expect(table.bibCount > 10)
    #expect(Self.list(order) == Self.list(rows.masksInOrder()))
    #expect(Self.list(order).count == table.bibCount)
    table.removeAll()
    let none = try #require(table.masks)
    #expect(Self.list(none).isEmpty)
  }
}
