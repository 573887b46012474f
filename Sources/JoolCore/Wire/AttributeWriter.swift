/// A writer of a run of netlink attributes, or of a whole message with headers before them. It wraps a `ByteWriter`.
public struct AttributeWriter: Sendable {
  /// `NLA_F_NESTED`
  static let nestedFlag: UInt16 = 0x8000

  /// The writer of the attributes' bytes: of headers before them, and of payloads that are no integer.
  package var raw = ByteWriter()

  /// The bytes written so far.
  public var bytes: [UInt8] { raw.bytes }

  /// Creates an empty writer.
  public init() {}

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
  /// An attribute holds at most 65,531 bytes of payload. A longer one stops the program, because its length would wrap;
  /// callers must split it.
  mutating func attribute(_ type: UInt16, _ content: (inout AttributeWriter) -> Void) {
    let start = raw.bytes.count
    raw.appendNative(UInt16(0))
    raw.appendNative(type)
    content(&self)
    let length = raw.bytes.count - start
    precondition(length <= Int(UInt16.max), "attribute \(type & 0x3FFF) of \(length) bytes: callers must split")
    raw.replaceNative(at: start, with: UInt16(length))
    raw.pad(to: 4)
  }
}
