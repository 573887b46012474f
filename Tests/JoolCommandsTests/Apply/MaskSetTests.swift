import Testing

@testable import JoolCommands
@testable import JoolCore

/// Compares `MaskSet` with a set that holds each mask.
@Suite struct MaskSetTests {
  private struct Mask: Hashable {
    var address: UInt32
    var port: UInt16
  }

  @Test(arguments: 0..<300) func subtractsAsSetsOfSingleMasksDo(seed: UInt64) {
    var random = RandomModels(seed: seed)
    let left = random.list(upTo: 6, Self.entry)
    let right = random.list(upTo: 6, Self.entry)
    let difference = MaskSet(left).subtracting(MaskSet(right))
    #expect(Self.masks(Self.entries(difference)) == Self.masks(left).subtracting(Self.masks(right)), "\(left) \(right)")
    #expect(MaskSet(Self.entries(difference)) == difference)
    #expect((Self.masks(left) == Self.masks(right)) == (MaskSet(left) == MaskSet(right)))
  }

  @Test func keepsWholeEntries() throws {
    for text in ["192.0.2.0/24", "192.0.2.7/32", "0.0.0.0/0", "128.0.0.0/1", "255.255.255.255/32"] {
      let entry = Pool4Entry(proto: .icmp, prefix: try #require(IPPrefix(text)), ports: .all)
      #expect(Self.entries(MaskSet([entry])) == [entry])
      #expect(MaskSet([entry]).subtracting(MaskSet([entry])).isEmpty)
    }
  }

  @Test func readsRangesAsTheModuleDoes() throws {
    let prefix = try #require(IPv4Prefix("192.0.2.1"))
    func set(_ proto: L4Protocol, _ first: UInt16, _ last: UInt16) -> MaskSet {
      MaskSet([Pool4Entry(proto: proto, prefix: prefix, ports: PortRange(first, last))])
    }
    #expect(set(.tcp, 10, 0) == set(.tcp, 1, 10))
    #expect(set(.icmp, 10, 0) == set(.icmp, 0, 10))
    #expect(set(.udp, 0, 0).isEmpty)
  }

  private static func entry(_ random: inout RandomModels) -> Pool4Entry {
    let length = 28 + Int(random.next() % 5)
    let bits = 0xC000_0200 | (UInt32(random.next() % 16) & IPv4Prefix.mask(length: length))
    let prefix = IPPrefix(address: IPv4Address(bits: bits), length: length) ?? IPPrefix(host: IPv4Address(bits: bits))
    let ports = PortRange(UInt16(random.next() % 8), UInt16(random.next() % 8))
    return Pool4Entry(proto: .icmp, prefix: prefix, ports: ports)
  }

  private static func entries(_ masks: MaskSet) -> [Pool4Entry] {
    masks.rectangles.map { Pool4Entry(proto: .icmp, prefix: $0.prefix, ports: $0.ports) }
  }

  private static func masks(_ entries: [Pool4Entry]) -> Set<Mask> {
    Set(
      entries.flatMap { entry in
        (0..<(1 << UInt32(32 - entry.prefix.length))).flatMap { host in
          (min(entry.ports.first, entry.ports.last)...max(entry.ports.first, entry.ports.last)).map { port in
            Mask(address: entry.prefix.address.bits + host, port: port)
          }
        }
      })
  }
}
