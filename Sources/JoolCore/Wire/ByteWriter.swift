/// A writer of bytes in the order in which a format defines them.
package struct ByteWriter: Sendable {
  /// The bytes written so far.
  package private(set) var bytes: [UInt8] = []

  /// Creates an empty writer.
  package init() {}

  /// Creates an empty writer with reserved memory.
  /// - Parameter capacity: The approximate number of bytes that will be written.
  package init(capacity: Int) { bytes.reserveCapacity(capacity) }

  /// Appends an integer in the CPU's byte order.
  package mutating func appendNative(_ integer: some FixedWidthInteger) {
    withUnsafeBytes(of: integer) { bytes.append(contentsOf: $0) }
  }

  /// Appends an integer in network byte order.
  package mutating func appendBigEndian(_ integer: some FixedWidthInteger) { appendNative(integer.bigEndian) }

  /// Appends bytes.
  package mutating func append(contentsOf more: some Collection<UInt8>) { bytes.append(contentsOf: more) }

  /// Appends zero bytes.
  mutating func append(zeros count: Int) { bytes.append(contentsOf: repeatElement(0, count: count)) }

  /// Appends zero bytes until the number of bytes is a multiple of `alignment`.
  mutating func pad(to alignment: Int) {
    let excess = bytes.count % alignment
    if excess > 0 { append(zeros: alignment - excess) }
  }

  /// Removes the last bytes.
  mutating func removeLast(_ count: Int) { bytes.removeLast(count) }

  /// Overwrites an integer that was written before its value was known.
  mutating func replaceNative(at offset: Int, with integer: some FixedWidthInteger) {
    withUnsafeBytes(of: integer) { new in
      for index in new.indices { bytes[offset + index] = new[index] }
    }
  }
}
