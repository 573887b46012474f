/// Session: 1 SRC6, 2 DST6, 3 SRC4, 4 DST4 (transport addresses), 5 PROTO, 6 STATE, 7 TIMER (u8),
/// 8 EXPIRATION (u32, milliseconds left). Also the synchronization record up to Jool 4.1.11.
extension SessionEntry: WireRecord {
  enum Field: UInt16 {
    case source6 = 1
    case destination6 = 2
    case source4 = 3
    case destination4 = 4
    case proto = 5
    case state = 6
    case timer = 7
    case expiration = 8
  }

  /// Decodes a session.
  ///
  /// Every member is mandatory.
  /// - Throws: `WireFormatError.repeated` if a member occurs twice, `.missing` if one is missing.
  package init(decoding payload: RawSpan) throws(WireFormatError) {
    try self.init(decoding: payload, timerWhenMissing: nil)
  }

  /// Decodes an offset.
  ///
  /// TIMER may be absent, because the C client leaves it out.
  init(decodingOffset payload: RawSpan) throws(WireFormatError) {
    try self.init(decoding: payload, timerWhenMissing: .established)
  }

  private init(decoding payload: RawSpan, timerWhenMissing: SessionTimer?) throws(WireFormatError) {
    var source6: TransportAddress6?
    var destination6: TransportAddress6?
    var source4: TransportAddress4?
    var destination4: TransportAddress4?
    var proto: L4Protocol?
    var state: UInt8?
    var timer = timerWhenMissing
    var expiration: UInt32?
    var seen: UInt16 = 0
    var reader = AttributeReader(payload)
    while let attribute = try reader.next() {
      guard let field = Field(rawValue: attribute.type) else { continue }
      guard seen & (1 << field.rawValue) == 0 else { throw .repeated(field: "session attribute \(field.rawValue)") }
      seen |= 1 << field.rawValue
      switch field {
      case .source6: source6 = try TransportAddress(decoding: attribute.value)
      case .destination6: destination6 = try TransportAddress(decoding: attribute.value)
      case .source4: source4 = try TransportAddress(decoding: attribute.value)
      case .destination4: destination4 = try TransportAddress(decoding: attribute.value)
      case .proto: proto = try L4Protocol(decoding: attribute.value)
      case .state: state = try attribute.value.wholeInteger(as: UInt8.self, field: "STATE")
      case .timer: timer = SessionTimer(rawValue: try attribute.value.wholeInteger(as: UInt8.self, field: "TIMER"))
      case .expiration: expiration = try attribute.value.wholeInteger(as: UInt32.self, field: "EXPIRATION")
      }
    }
    self.init(
      proto: try require(proto, "PROTO"), source6: try require(source6, "SRC6"),
      destination6: try require(destination6, "DST6"), source4: try require(source4, "SRC4"),
      destination4: try require(destination4, "DST4"), state: TCPState(rawValue: try require(state, "STATE")),
      timer: try require(timer, "TIMER"), expiration: Milliseconds(try require(expiration, "EXPIRATION")))
  }

  /// Appends the attributes to `writer`.
  package func encode(into writer: inout AttributeWriter) { encode(into: &writer, withTimer: true) }

  /// Appends an offset.
  ///
  /// The module reads only SRC4 and DST4 of it; the other members are sent because the C client sends them.
  func encodeOffset(into writer: inout AttributeWriter) { encode(into: &writer, withTimer: false) }

  private func encode(into writer: inout AttributeWriter, withTimer: Bool) {
    writer.nest(Field.source6.rawValue, source6)
    writer.nest(Field.destination6.rawValue, destination6)
    writer.nest(Field.source4.rawValue, source4)
    writer.nest(Field.destination4.rawValue, destination4)
    writer.attribute(Field.proto.rawValue, proto.rawValue)
    writer.attribute(Field.state.rawValue, state.rawValue)
    if withTimer { writer.attribute(Field.timer.rawValue, timer.rawValue) }
    writer.attribute(Field.expiration.rawValue, expiration.rawValue)
  }
}
