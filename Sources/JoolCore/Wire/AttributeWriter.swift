/// A writer of a run of netlink attributes, or of a whole message with headers before them.
///
/// It wraps a `ByteWriter`.
package struct AttributeWriter: Sendable {
  /// The flag `NLA_F_NESTED`.
  static let nestedFlag: UInt16 = 0x8000

  /// The writer of the attributes' bytes: of headers before them, and of payloads that are no integer.
  package var raw: ByteWriter

  /// The bytes written so far.
  package var bytes: [UInt8] { raw.bytes }

  /// Whether an attribute was longer than its header can express.
  ///
  /// `bytes` are unusable then.
  package private(set) var isOverlong = false

  /// Creates an empty writer.
  package init() { raw = ByteWriter() }

  /// Creates an empty writer with reserved memory.
  /// - Parameter capacity: The approximate number of bytes that will be written.
  init(capacity: Int) { raw = ByteWriter(capacity: capacity) }

  /// Appends an integer attribute in the CPU's order.
  mutating func attribute(_ type: UInt16, _ integer: some FixedWidthInteger) {
    attribute(type) { $0.raw.appendNative(integer) }
  }

  /// Appends an address attribute in network order.
  mutating func attribute(_ type: UInt16, address: some IPAddress) {
    attribute(type) { $0.raw.appendBigEndian(address.bits) }
  }

  /// Appends a NUL-terminated text attribute.
  mutating func attribute(_ type: UInt16, text: String) {
    attribute(type) {
      $0.raw.append(contentsOf: text.utf8)
      $0.raw.appendNative(UInt8(0))
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
    let start = raw.bytes.count
    raw.appendNative(UInt16(0))
    raw.appendNative(type)
    content(&self)
    guard let length = UInt16(exactly: raw.bytes.count - start) else {
      isOverlong = true
      raw.removeLast(raw.bytes.count - start)
      return
    }
    raw.replaceNative(at: start, with: length)
    raw.pad(to: 4)
  }
}
