/// A writer of a run of netlink attributes, or of a whole message with headers before them.
package struct AttributeWriter: Sendable {
  /// The flag `NLA_F_NESTED`.
  static let nestedFlag: UInt16 = 0x8000

  /// The bytes written so far.
  package private(set) var bytes: [UInt8] = []

  /// Whether an attribute was longer than its header can express. `bytes` are unusable then.
  package private(set) var isOverlong = false

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

  /// Appends an integer attribute in the CPU's order.
  mutating func attribute(_ type: UInt16, _ integer: some FixedWidthInteger) {
    attribute(type) { $0.appendNative(integer) }
  }

  /// Appends an address attribute in network order.
  mutating func attribute(_ type: UInt16, address: some IPAddress) {
    attribute(type) { $0.appendBigEndian(address.bits) }
  }

  /// Appends a NUL-terminated text attribute.
  mutating func attribute(_ type: UInt16, text: String) {
    attribute(type) {
      $0.append(contentsOf: text.utf8)
      $0.bytes.append(0)
    }
  }

  /// Appends an attribute that consists of attributes.
  mutating func nest(_ type: UInt16, _ content: (inout AttributeWriter) -> Void) {
    attribute(type | Self.nestedFlag, content)
  }

  /// Appends an attribute with any payload, padded to four bytes.
  ///
  /// An attribute holds at most 65,531 bytes of payload. A longer one is left out and sets `isOverlong`.
  mutating func attribute(_ type: UInt16, _ content: (inout AttributeWriter) -> Void) {
    let start = bytes.count
    appendNative(UInt16(0))
    appendNative(type)
    content(&self)
    let length = bytes.count - start
    guard let encodedLength = UInt16(exactly: length) else {
      isOverlong = true
      bytes.removeSubrange(start...)
      return
    }
    replaceNative(at: start, with: encodedLength)
    while bytes.count % 4 != 0 { bytes.append(0) }
  }

  /// Overwrites an integer that was written before its value was known.
  mutating func replaceNative(at offset: Int, with integer: some FixedWidthInteger) {
    withUnsafeBytes(of: integer) { new in
      for index in new.indices { bytes[offset + index] = new[index] }
    }
  }
}
