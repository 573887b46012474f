/// `nlmsghdr`: 16 bytes in the CPU's order.
///
///     0        4      6       8          12      16
///     | length | type | flags | sequence | port  |
package struct NetlinkHeader: Hashable, Sendable {
  static let size = 16

  /// The size of the message in bytes, header included.
  package var length: UInt32
  /// The number of a generic netlink family, or a type of netlink itself.
  package var type: UInt16
  /// The `NLM_F_…` flags.
  package var flags: UInt16
  /// The sequence number, which an answer copies from its request; 0 in multicasts.
  package var sequence: UInt32
  /// The port number of the sending socket (`nlmsg_pid`).
  package var port: UInt32

  /// The type `NLMSG_ERROR`.
  package static let error: UInt16 = 2
  /// The flag `NLM_F_REQUEST`, the only one that a request to Jool may have.
  package static let requestFlag: UInt16 = 1
}

/// One message of a netlink datagram.
///
/// Its payload still belongs to the datagram.
package struct NetlinkMessage: ~Escapable {
  /// The message's header.
  package let header: NetlinkHeader
  /// The bytes after the netlink header, without padding.
  package let payload: RawSpan
  /// The position of the message in the datagram, header included and padding excluded.
  package let range: Range<Int>

  @_lifetime(copy payload)
  init(header: NetlinkHeader, payload: RawSpan, range: Range<Int>) {
    self.header = header
    self.payload = payload
    self.range = range
  }
}

/// A reader that splits a netlink datagram into its messages.
package struct NetlinkMessageReader: ~Escapable {
  private var remaining: RawSpan
  private var offset = 0

  /// Starts at the first message of `datagram`.
  @_lifetime(copy datagram)
  package init(_ datagram: RawSpan) { remaining = datagram }

  /// The next message, or `nil` at the end.
  /// - Throws: `WireFormatError.truncated` if the datagram ends inside a message, `.badValue` for an impossible length.
  @_lifetime(copy self)
  package mutating func next() throws(WireFormatError) -> NetlinkMessage? {
    guard !remaining.isEmpty else { return nil }
    let header = NetlinkHeader(
      length: try remaining.nativeInteger(at: 0, as: UInt32.self, field: "nlmsg_len"),
      type: try remaining.nativeInteger(at: 4, as: UInt16.self, field: "nlmsg_type"),
      flags: try remaining.nativeInteger(at: 6, as: UInt16.self, field: "nlmsg_flags"),
      sequence: try remaining.nativeInteger(at: 8, as: UInt32.self, field: "nlmsg_seq"),
      port: try remaining.nativeInteger(at: 12, as: UInt32.self, field: "nlmsg_pid"))
    let length = Int(header.length)
    guard length >= NetlinkHeader.size else { throw .badValue(field: "nlmsg_len", value: UInt64(length)) }
    guard length <= remaining.byteCount else {
      throw .truncated(field: "netlink message", need: length, have: remaining.byteCount)
    }
    let payload = remaining.extracting(NetlinkHeader.size..<length)
    let range = offset..<offset + length
    let skipped = min(remaining.byteCount, (length + 3) & ~3)
    remaining = remaining.extracting(droppingFirst: skipped)
    offset += skipped
    return NetlinkMessage(header: header, payload: payload, range: range)
  }
}

extension AttributeWriter {
  /// A whole netlink message; its length is filled in afterwards.
  static func message(
    type: UInt16, flags: UInt16 = NetlinkHeader.requestFlag, sequence: UInt32, port: UInt32,
    _ content: (inout AttributeWriter) -> Void
  ) -> [UInt8] {
    var writer = AttributeWriter(capacity: 256)  // more than a request for a page has
    writer.raw.appendNative(UInt32(0))
    writer.raw.appendNative(type)
    writer.raw.appendNative(flags)
    writer.raw.appendNative(sequence)
    writer.raw.appendNative(port)
    content(&writer)
    writer.raw.replaceNative(at: 0, with: UInt32(writer.bytes.count))
    return writer.bytes
  }

  /// `genlmsghdr`: command u8, version u8, reserved u16.
  mutating func genericHeader(command: UInt8, version: UInt8) {
    raw.appendNative(command)
    raw.appendNative(version)
    raw.appendNative(UInt16(0))
  }
}

/// The content of `NLMSG_ERROR`: netlink itself refused the request, before Jool received it.
struct NetlinkError: Hashable {
  /// A positive errno; 0 is an acknowledgement.
  let code: Int32

  init(decoding payload: borrowing RawSpan) throws(WireFormatError) {
    let negative = try payload.nativeInteger(at: 0, as: Int32.self, field: "nlmsgerr.error")
    guard negative <= 0, negative > .min else {
      throw .badValue(field: "nlmsgerr.error", value: UInt64(UInt32(bitPattern: negative)))
    }
    code = -negative
  }
}
