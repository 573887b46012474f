/// pool4 entry: 1 MARK, 2 ITERATIONS (u32), 3 FLAGS, 4 PROTO (u8), 5 PREFIX (IPv4 prefix), 6 PORT_MIN, 7 PORT_MAX
/// (u16).
///
/// The first three default to 0. The others are mandatory in Jool since 4.1.11, and in this library for every release.
private enum Field: UInt16 {
  case mark = 1
  case iterations = 2
  case flags = 3
  case proto = 4
  case prefix = 5
  case portMin = 6
  case portMax = 7
}

extension Pool4Entry: WireRecord {
  /// Decodes an entry.
  ///
  /// MARK, ITERATIONS and FLAGS may be absent.
  package init(decoding payload: RawSpan) throws(WireFormatError) {
    var mark: UInt32 = 0
    var iterations: UInt32 = 0
    var flags: UInt8 = 0
    var proto: L4Protocol?
    var prefix: IPv4Prefix?
    var first: UInt16?
    var last: UInt16?
    var reader = AttributeReader(payload)
    while let attribute = try reader.next() {
      switch Field(rawValue: attribute.type) {
      case .mark: mark = try attribute.value.wholeInteger(as: UInt32.self, field: "MARK")
      case .iterations: iterations = try attribute.value.wholeInteger(as: UInt32.self, field: "ITERATIONS")
      case .flags: flags = try attribute.value.wholeInteger(as: UInt8.self, field: "FLAGS")
      case .proto: proto = try L4Protocol(decoding: attribute.value)
      case .prefix: prefix = try IPPrefix(decoding: attribute.value)
      case .portMin: first = try attribute.value.wholeInteger(as: UInt16.self, field: "PORT_MIN")
      case .portMax: last = try attribute.value.wholeInteger(as: UInt16.self, field: "PORT_MAX")
      case nil: continue
      }
    }
    self.init(
      mark: mark, proto: try require(proto, "PROTO"), prefix: try require(prefix, "PREFIX"),
      ports: PortRange(try require(first, "PORT_MIN"), try require(last, "PORT_MAX")),
      iterations: MaxIterations(limit: iterations, flags: MaxIterations.Flags(rawValue: flags)))
  }

  /// Appends the attributes to `writer`.
  package func encode(into writer: inout AttributeWriter) {
    writer.attribute(Field.mark.rawValue, mark)
    writer.attribute(Field.iterations.rawValue, iterations.limit)
    writer.attribute(Field.flags.rawValue, iterations.flags.rawValue)
    writer.attribute(Field.proto.rawValue, proto.rawValue)
    writer.nest(Field.prefix.rawValue, prefix)
    writer.attribute(Field.portMin.rawValue, ports.first)
    writer.attribute(Field.portMax.rawValue, ports.last)
  }
}
