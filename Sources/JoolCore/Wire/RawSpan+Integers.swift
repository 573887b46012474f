/// Bounds-checked, unaligned reads of integers in either byte order. No other code of the decoders reads raw memory.
extension RawSpan {
  /// The integer at `offset` in the CPU's byte order (netlink's order).
  /// - Throws: `WireFormatError.truncated` if the span ends before the integer does. It names `field`.
  package func nativeInteger<Integer: FixedWidthInteger & BitwiseCopyable>(
    at offset: Int, as type: Integer.Type, field: @autoclosure () -> String
  ) throws(WireFormatError) -> Integer {
    let size = MemoryLayout<Integer>.size
    guard offset >= 0, offset <= byteCount - size else {
      throw .truncated(field: field(), need: offset + size, have: byteCount)
    }
    return unsafeLoadUnaligned(fromByteOffset: offset, as: type)
  }

  /// The integer at `offset` with its most significant byte first (addresses, packed sessions).
  /// - Throws: `WireFormatError.truncated` if the span ends before the integer does. It names `field`.
  package func bigEndianInteger<Integer: FixedWidthInteger & BitwiseCopyable>(
    at offset: Int, as type: Integer.Type, field: @autoclosure () -> String
  ) throws(WireFormatError) -> Integer {
    Integer(bigEndian: try nativeInteger(at: offset, as: type, field: field()))
  }

  /// The length and the type of the attribute that begins here, or `nil` if there are fewer than four bytes.
  var attributeHeader: (length: Int, type: UInt16)? {
    guard byteCount >= 4 else { return nil }
    let length = unsafeLoadUnaligned(fromByteOffset: 0, as: UInt16.self)
    return (Int(length), unsafeLoadUnaligned(fromByteOffset: 2, as: UInt16.self))
  }

  /// All of the span as one integer in the CPU's order.
  func wholeInteger<Integer: FixedWidthInteger & BitwiseCopyable>(
    as type: Integer.Type, field: @autoclosure () -> String
  ) throws(WireFormatError) -> Integer {
    guard byteCount == MemoryLayout<Integer>.size else {
      throw .wrongSize(field: field(), expected: MemoryLayout<Integer>.size, actual: byteCount)
    }
    return unsafeLoadUnaligned(fromByteOffset: 0, as: type)
  }

  /// All of the span as an address.
  func wholeAddress<Address: IPAddress>(_ field: @autoclosure () -> String) throws(WireFormatError) -> Address {
    Address(bits: Address.Bits(bigEndian: try wholeInteger(as: Address.Bits.self, field: field())))
  }

  /// The text before the first NUL, or all of it.
  func text() -> String {
    var bytes: [UInt8] = []
    for offset in 0..<byteCount {
      let byte = unsafeLoadUnaligned(fromByteOffset: offset, as: UInt8.self)
      if byte == 0 { break }
      bytes.append(byte)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A copy of the bytes.
  package func copied() -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
      withUnsafeBytes { UnsafeMutableRawBufferPointer(buffer).copyMemory(from: $0) }
      count = byteCount
    }
  }
}
