/// The module's answer to a request.
///
/// It owns the bytes of the message.
package struct Answer: Sendable {
  /// The answer's header: a copy of the request's, with the flags of the answer.
  package let header: JoolHeader
  private let message: [UInt8]

  /// Decodes the header of a message of the Jool family.
  /// - Parameter message: The whole netlink message, from `nlmsghdr` on.
  /// - Throws: `WireFormatError.truncated`, or the errors of `JoolHeader.init(decoding:)`.
  package init(message: [UInt8]) throws(WireFormatError) {
    let bytes = message.span.bytes
    guard bytes.byteCount >= Self.attributesOffset else {
      throw .truncated(field: "answer", need: Self.attributesOffset, have: bytes.byteCount)
    }
    header = try JoolHeader(decoding: bytes.extracting(20..<Self.attributesOffset))
    self.message = message
  }

  private static let attributesOffset = NetlinkHeader.size + 4 + JoolHeader.size

  /// The root attributes.
  ///
  /// Their numbers depend on the operation.
  package var attributes: RawSpan {
    @_lifetime(borrow self) get { message.span.bytes.extracting(droppingFirst: Self.attributesOffset) }
  }

  /// Whether the list has more pages.
  ///
  /// This relies on requests never setting `more`, because the module copies the flags of a request into its answer.
  package var hasMore: Bool { header.flags.contains(.more) }

  /// The records of one page of a list.
  /// - Throws: `WireFormatError` if an attribute is not a list entry or a record cannot be decoded.
  package func list<Record: WireRecord>(of type: Record.Type) throws(WireFormatError) -> [Record] {
    try Record.list(decoding: attributes, in: "answer")
  }

  /// The variables of one page.
  ///
  /// Variables of a newer module, which this library does not know, are left out.
  /// - Throws: `WireFormatError` if a variable has another size or form than its type.
  package func globals() throws(WireFormatError) -> [GlobalSetting] {
    try GlobalSetting.list(decoding: attributes, skippingUnknown: true)
  }

  /// The counters of one page.
  ///
  /// Alignment padding is skipped.
  /// - Parameter module: The version of the module, which determines the names of the counters.
  /// - Returns: The counters in the order of the page.
  /// - Throws: `WireFormatError` if a counter is not an integer of 64 bits.
  package func statistics(module: ModuleVersion) throws(WireFormatError) -> [Statistic] {
    let names = Statistic.names(of: module)
    var statistics: [Statistic] = []
    var reader = AttributeReader(attributes)
    while let attribute = try reader.next() {
      if attribute.value.isEmpty { continue }
      let value = try attribute.value.wholeInteger(as: UInt64.self, field: "statistic \(attribute.type)")
      statistics.append(Statistic(id: attribute.type, value: value, names: names))
    }
    return statistics
  }

  /// Whether the instance exists, from the answer to INSTANCE_HELLO: 1 STATUS u8, 0 alive, 1 dead.
  /// - Throws: `WireFormatError` if STATUS is missing or has another value.
  package func isAlive() throws(WireFormatError) -> Bool {
    var reader = AttributeReader(attributes)
    while let attribute = try reader.next() {
      guard attribute.type == 1 else { continue }
      let status = try attribute.value.wholeInteger(as: UInt8.self, field: "STATUS")
      guard status <= 1 else { throw .badValue(field: "STATUS", value: UInt64(status)) }
      return status == 0
    }
    throw .missing(field: "STATUS")
  }

  /// The translation, from the answer to an address query.
  /// - Throws: `WireFormatError` if the address or the rule is missing or cannot be decoded.
  package func translation() throws(WireFormatError) -> AddressTranslation {
    try AddressTranslation(decoding: attributes)
  }

  /// The module's refusal: 1 ERR_CODE u16, a positive errno; 2 ERR_MSG text.
  ///
  /// `nil` unless the error flag is set.
  /// - Throws: `WireFormatError` if ERR_CODE is missing or has another size.
  package func refusal() throws(WireFormatError) -> Refusal? {
    guard header.flags.contains(.error) else { return nil }
    var code: UInt16?
    var message: String?
    var reader = AttributeReader(attributes)
    while let attribute = try reader.next() {
      switch attribute.type {
      case 1: code = try attribute.value.wholeInteger(as: UInt16.self, field: "ERR_CODE")
      case 2: message = attribute.value.text()
      default: continue
      }
    }
    return Refusal(code: try require(code, "ERR_CODE"), message: message)
  }

  /// An error code and the module's text for it.
  package struct Refusal: Hashable, Sendable {
    /// A positive errno.
    package var code: UInt16
    /// The module's text, which may be empty, or `nil` if the module sent none.
    package var message: String?
  }
}

/// A multicast of the group `joold`: sessions that an instance advertises for synchronization.
///
/// It owns none of the bytes.
package struct SyncMulticast: ~Escapable {
  /// The header, with the module's own version.
  package let header: JoolHeader
  /// The content of SESSION_ENTRIES, which C proxies forward unchanged.
  package let sessions: RawSpan

  /// Decodes a multicast.
  /// - Parameter payload: The bytes after the netlink header.
  /// - Throws: `WireFormatError` if the header is invalid or the first attribute is not SESSION_ENTRIES.
  @_lifetime(copy payload)
  package init(decoding payload: RawSpan) throws(WireFormatError) {
    guard payload.byteCount >= 4 + JoolHeader.size else {
      throw .truncated(field: "joolnlhdr", need: 4 + JoolHeader.size, have: payload.byteCount)
    }
    header = try JoolHeader(decoding: payload.extracting(4..<4 + JoolHeader.size))
    var reader = AttributeReader(payload.extracting(droppingFirst: 4 + JoolHeader.size))
    guard let attribute = try reader.next() else { throw .missing(field: "SESSION_ENTRIES") }
    guard attribute.type == RequestAttribute.Number.sessions.rawValue else {
      throw .unexpected(attribute: attribute.type, in: "multicast")
    }
    sessions = attribute.value
  }
}
