/// What the module said to a request. Owns the datagram.
public struct Answer: Sendable {
  public let header: JoolHeader
  private let message: [UInt8]

  /// A message of the Jool family: `message` from `nlmsghdr` on.
  public init(message: [UInt8]) throws(WireFormatError) {
    let bytes = message.span.bytes
    guard bytes.byteCount >= Self.attributesOffset else {
      throw .truncated(field: "answer", need: Self.attributesOffset, have: bytes.byteCount)
    }
    header = try JoolHeader(decoding: bytes.extracting(20..<Self.attributesOffset))
    self.message = message
  }

  private static let attributesOffset = NetlinkHeader.size + 4 + JoolHeader.size

  /// Root attributes; numbered per operation.
  public var attributes: RawSpan {
    @_lifetime(borrow self) get { message.span.bytes.extracting(droppingFirst: Self.attributesOffset) }
  }

  /// Whether the list goes on. The module echoes flags, so this holds only because requests never set it.
  public var hasMore: Bool { header.flags.contains(.more) }

  public func list<Record: WireRecord>(of type: Record.Type) throws(WireFormatError) -> [Record] {
    try Record.list(decoding: attributes, in: "answer")
  }

  /// Variables of a newer module are left out.
  public func globals() throws(WireFormatError) -> [GlobalSetting] {
    try GlobalSetting.list(decoding: attributes, skippingUnknown: true)
  }

  /// Counters of a module of the given version. Alignment padding is skipped.
  public func statistics(module: ModuleVersion) throws(WireFormatError) -> [Statistic] {
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

  /// INSTANCE_HELLO: 1 STATUS u8, 0 alive, 1 dead.
  public func isAlive() throws(WireFormatError) -> Bool {
    var reader = AttributeReader(attributes)
    while let attribute = try reader.next() {
      guard attribute.type == 1 else { continue }
      let status = try attribute.value.wholeInteger(as: UInt8.self, field: "STATUS")
      guard status <= 1 else { throw .badValue(field: "STATUS", value: UInt64(status)) }
      return status == 0
    }
    throw .missing(field: "STATUS")
  }

  public func translation() throws(WireFormatError) -> AddressTranslation {
    try AddressTranslation(decoding: attributes)
  }

  /// The module's refusal: 1 ERR_CODE u16, a positive errno; 2 ERR_MSG text. `nil` unless the error flag is set.
  public func refusal() throws(WireFormatError) -> Refusal? {
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

  /// An error code and the module's words about it; it may send an empty text, or none.
  public struct Refusal: Hashable, Sendable {
    public var code: UInt16
    public var message: String?
  }
}

/// A multicast of the group `joold`: sessions that an instance wants synchronized. Owns nothing.
public struct SyncMulticast: ~Escapable {
  /// With the module's own version.
  public let header: JoolHeader
  /// The content of SESSION_ENTRIES: what C proxies exchange verbatim.
  public let sessions: RawSpan

  /// What follows the netlink header.
  @_lifetime(copy payload)
  public init(decoding payload: RawSpan) throws(WireFormatError) {
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
