import Testing

@testable import JoolCore

@Suite struct ByteWriterTests {
  @Test func writesIntegersInBothByteOrders() {
    var writer = ByteWriter(capacity: 16)
    writer.appendBigEndian(UInt32(0x0102_0304))
    writer.appendNative(UInt16(0x0506))
    writer.append(contentsOf: [7, 8])
    #expect(writer.bytes == [1, 2, 3, 4] + withUnsafeBytes(of: UInt16(0x0506)) { Array($0) } + [7, 8])
  }

  @Test func overwritesWhatWasNotKnownBefore() {
    var writer = ByteWriter()
    writer.append(contentsOf: [1, 0, 0, 4])
    writer.replaceNative(at: 1, with: UInt16(0x0202))
    #expect(writer.bytes == [1, 2, 2, 4])
  }

  @Test(arguments: 0...8) func padsToAMultiple(count: Int) {
    var writer = ByteWriter()
    writer.append(contentsOf: Array(repeating: UInt8(1), count: count))
    writer.pad(to: 4)
    #expect(writer.bytes.count == (count + 3) / 4 * 4)
    #expect(writer.bytes.dropFirst(count).allSatisfy { $0 == 0 })
  }
}
