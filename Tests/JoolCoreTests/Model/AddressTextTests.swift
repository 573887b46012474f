import Glibc
import JoolCore
import Testing

/// The texts of addresses, numbers and times, compared with those of libc.
@Suite struct AddressTextTests {
  @Test func writesIPv4AddressesAsLibcDoes() {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<50_000 {
      // Shifting gives numbers of all lengths.
      let bits = UInt32.random(in: .min ... .max, using: &generator) & .random(in: .min ... .max, using: &generator)
      #expect(IPv4Address(bits: bits).description == Self.libcText(bits, family: AF_INET))
    }
    for octet in UInt32(0)...255 {
      let bits = octet << 24 | (255 - octet) << 16 | octet << 8 | (255 - octet)
      #expect(IPv4Address(bits: bits).description == Self.libcText(bits, family: AF_INET))
    }
  }

  /// All patterns of zeros, with groups of all lengths.
  @Test func writesIPv6AddressesAsLibcDoes() {
    let values: [UInt16] = [1, 0xF, 0x10, 0xAB, 0x100, 0xABC, 0x1000, 0xABCD, 0xFFFF]
    for zeros in UInt8.min ... .max {
      for value in values {
        var bits: UInt128 = 0
        for group in 0..<8 { bits = bits << 16 | (zeros >> group & 1 == 1 ? 0 : UInt128(value)) }
        #expect(IPv6Address(bits: bits).description == Self.libcText(bits, family: AF_INET6))
      }
    }
  }

  /// Groups are zero, `ffff`, short or long at random, so that there are IPv4 addresses and runs of equal length.
  @Test func writesRandomIPv6AddressesAsLibcDoes() {
    for _ in 0..<100_000 {
      var bits: UInt128 = 0
      for _ in 0..<8 {
        let group: UInt16 =
          switch Int.random(in: 0..<5) {
          case 0, 1: 0
          case 2: .max
          default: .random(in: .min ... .max) >> UInt16.random(in: 0..<16)
          }
        bits = bits << 16 | UInt128(group)
      }
      #expect(IPv6Address(bits: bits).description == Self.libcText(bits, family: AF_INET6))
    }
  }

  @Test(arguments: [
    "::", "::1", "::1.2.3.4", "::0.1.0.0", "::ffff:1.2.3.4", "::ffff:0.0.0.0", "::fffe:102:304", "::1:ffff:102:304",
    "1::", "0:1::", "1:0:1:1:1:1:1:1", "0:1:1:1:1:1:1:1", "1:1:1:1:1:1:1:0", "1::1:0:0:1:1", "1:0:0:1::1",
    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
  ])
  func writesSpecialIPv6Addresses(text: String) { #expect(IPv6Address(text)?.description == text) }

  @Test func writesAllNumbersOf16Bits() {
    for number in UInt16.min ... .max { #expect(Self.written(number) == String(number)) }
  }

  @Test func writesNumbersOf32Bits() {
    let edges: [UInt32] = [0, 9999, 10_000, 10_001, 99_999_999, 100_000_000, 100_010_000, .max]
    for number in edges + (0..<10_000).map({ _ in .random(in: .min ... .max) >> UInt32.random(in: 0..<32) }) {
      #expect(Self.written(number) == String(number))
    }
  }

  @Test func writesTimes() {
    let edges: [UInt32] = [0, 1, 999, 1000, 59_999, 60_000, 3_599_999, 3_600_000, 35_999_999, 36_000_000, .max]
    for time in edges + (0..<50_000).map({ _ in .random(in: .min ... .max) }) {
      let seconds = time / 1000
      let parts = [seconds / 3600, seconds / 60 % 60, seconds % 60, time % 1000].map(String.init)
      let padded = zip(parts, [1, 2, 2, 3]).map { String(repeating: "0", count: max(0, $1 - $0.count)) + $0 }
      let text = padded[..<3].joined(separator: ":") + (time % 1000 == 0 ? "" : "." + padded[3])
      #expect(Milliseconds(time).description == text)
    }
  }

  @Test func longestTextsHaveRoom() {
    #expect(Self.written(UInt32.max).utf8.count == UInt32.textCapacity)
    #expect(Self.written(UInt16.max).utf8.count == UInt16.textCapacity)
    #expect(IPv4Address(bits: .max).description.utf8.count == IPv4Address.textCapacity)
    #expect(IPv6Address(bits: .max).description.utf8.count == IPv6Address.textCapacity)
    #expect(Milliseconds(.max).description.utf8.count == Milliseconds.textCapacity)
    #expect(L4Protocol.allCases.map(\.description.utf8.count).max() == L4Protocol.textCapacity)
    let states = (UInt8.min ... .max).map { TCPState(rawValue: $0).description.utf8.count }
    #expect(states.max() == TCPState.textCapacity)
  }

  private static func written(_ value: some TextForm) -> String {
    var bytes: [UInt8] = []
    bytes.append(addingCapacity: 64) { value.write(to: &$0) }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func libcText<Bits: FixedWidthInteger>(_ bits: Bits, family: Int32) -> String? {
    var bigEndian = bits.bigEndian
    var text = [CChar](repeating: 0, count: 64)
    return inet_ntop(family, &bigEndian, &text, socklen_t(text.count)).map { String(cString: $0) }
  }
}
