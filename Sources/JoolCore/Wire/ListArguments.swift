/// The arguments of a request for a list, as the module reads them.
///
/// Unlike `Request`, which decodes the requests that this library sends, this accepts every request that the module
/// accepts.
package struct ListArguments: Sendable {
  /// The protocol whose table is listed: PROTO, or that of the offset.
  package private(set) var proto: L4Protocol?
  /// OFFSET_U8: the number of the last variable or counter received.
  package private(set) var number: UInt8?
  /// OFFSET of INSTANCE_FOREACH.
  package private(set) var instance: InstanceEntry?
  /// OFFSET of POOL4_FOREACH.
  package private(set) var pool4: Pool4Entry?
  /// OFFSET of BIB_FOREACH.
  package private(set) var bib: BIBEntry?
  /// OFFSET of SESSION_FOREACH.
  ///
  /// The module reads only the mask (SRC4) and the IPv4 node (DST4).
  package private(set) var session: SessionOffset?

  /// The position of a session in the list of its protocol, which is ordered by mask, then by IPv4 node.
  package struct SessionOffset: Hashable, Sendable {
    /// The IPv4 transport address that replaces the IPv6 node.
    package var mask: TransportAddress4
    /// The IPv4 node.
    package var node: TransportAddress4

    /// Creates a position.
    package init(mask: TransportAddress4, node: TransportAddress4) {
      self.mask = mask
      self.node = node
    }
  }

  /// Netlink's own check of the root attributes: known numbers, the nested flag on containers, integers of one byte.
  /// - Throws: `WireFormatError`. Netlink refuses the request then, and the module does not receive it.
  package static func validate(_ attributes: RawSpan) throws(WireFormatError) {
    var reader = AttributeReader(attributes)
    while let attribute = try reader.next() {
      guard let number = RequestAttribute.Number(rawValue: attribute.type) else {
        throw .unexpected(attribute: attribute.type, in: "request")
      }
      if number.isNested, !attribute.isNested { throw .notNested(field: "\(number)") }
      switch number {
      case .numberOffset, .proto, .atomicInit: _ = try attribute.value.wholeInteger(as: UInt8.self, field: "\(number)")
      default: continue
      }
    }
  }

  /// Decodes the root attributes of a list request.
  /// - Throws: `WireFormatError` if PROTO has a value that is no protocol, or if OFFSET cannot be decoded.
  package init(decoding attributes: RawSpan, of operation: JoolOperation) throws(WireFormatError) {
    var reader = AttributeReader(attributes)
    while let attribute = try reader.next() {
      switch RequestAttribute.Number(rawValue: attribute.type) {
      case .proto: proto = try L4Protocol(decoding: attribute.value)
      case .numberOffset: number = try attribute.value.wholeInteger(as: UInt8.self, field: "OFFSET_U8")
      case .offset: try decodeOffset(attribute.value, of: operation)
      default: continue
      }
    }
    proto = pool4?.proto ?? bib?.proto ?? proto
  }

  private mutating func decodeOffset(_ payload: RawSpan, of operation: JoolOperation) throws(WireFormatError) {
    switch operation {
    case .instanceForEach: instance = try InstanceEntry(decoding: payload)
    case .pool4ForEach: pool4 = try Pool4Entry(decoding: payload)
    case .bibForEach: bib = try BIBEntry(decoding: payload)
    case .sessionForEach: session = try SessionOffset(decoding: payload)
    default: return
    }
  }
}

extension ListArguments.SessionOffset {
  /// Decodes an offset.
  ///
  /// An absent address counts as 0.0.0.0#0.
  init(decoding payload: RawSpan) throws(WireFormatError) {
    mask = TransportAddress4(IPv4Address(bits: 0), 0)
    node = mask
    var reader = AttributeReader(payload)
    while let attribute = try reader.next() {
      switch SessionEntry.Field(rawValue: attribute.type) {
      case .source4: mask = try TransportAddress(decoding: attribute.value)
      case .destination4: node = try TransportAddress(decoding: attribute.value)
      default: continue
      }
    }
  }
}
