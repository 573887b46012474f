/// A request to the module: an operation, the instance that it is about, and its arguments.
///
///     nlmsghdr 16 | genlmsghdr 4: operation, version 1 | joolnlhdr 28 | root attributes
package struct Request: Hashable, Sendable {
  /// The operation.
  package var operation: JoolOperation
  /// Jool's header, which names the instance.
  package var header: JoolHeader
  /// The arguments, as root attributes.
  package var attributes: [RequestAttribute]

  /// Creates a request.
  package init(_ operation: JoolOperation, header: JoolHeader, _ attributes: [RequestAttribute] = []) {
    self.operation = operation
    self.header = header
    self.attributes = attributes
  }

  /// The whole netlink message.
  ///
  /// It never has `NLM_F_ACK`, because netlink's acknowledgement reports success even if Jool refused the request.
  /// - Throws: `JoolError.requestTooLarge` if an attribute is too long for netlink.
  package func message(family: UInt16, sequence: UInt32, port: UInt32 = 0) throws(JoolError) -> [UInt8] {
    var isTooLarge = false
    let message = AttributeWriter.message(type: family, sequence: sequence, port: port) {
      $0.genericHeader(command: operation.rawValue, version: 1)
      header.encode(into: &$0)
      for attribute in attributes { attribute.encode(into: &$0) }
      isTooLarge = $0.isOverlong
    }
    guard !isTooLarge else { throw .requestTooLarge(operation) }
    return message
  }

  /// Decodes a request.
  /// - Parameter payload: The bytes after the netlink header.
  /// - Throws: `WireFormatError` for an unknown operation, an invalid header, or an attribute that does not fit the
  ///   operation.
  package init(decoding payload: RawSpan) throws(WireFormatError) {
    guard payload.byteCount >= 4 + JoolHeader.size else {
      throw .truncated(field: "joolnlhdr", need: 4 + JoolHeader.size, have: payload.byteCount)
    }
    let number = try payload.nativeInteger(at: 0, as: UInt8.self, field: "operation")
    guard let operation = JoolOperation(rawValue: number) else {
      throw .badValue(field: "operation", value: UInt64(number))
    }
    self.operation = operation
    self.header = try JoolHeader(decoding: payload.extracting(4..<4 + JoolHeader.size))
    self.attributes = []
    var reader = AttributeReader(payload.extracting(droppingFirst: 4 + JoolHeader.size))
    while let attribute = try reader.next() {
      attributes.append(try RequestAttribute(decoding: attribute, of: operation))
    }
  }
}

/// A root attribute of a request (`JNLAR_…`), typed by its meaning for the operation.
package enum RequestAttribute: Hashable, Sendable {
  /// The IPv6 address to translate.
  case addressQuery6(IPv6Address)
  /// The IPv4 address to translate.
  case addressQuery4(IPv4Address)
  /// Global variables to change.
  case globals([GlobalSetting])
  /// Prefixes of denylist4, for an atomic configuration.
  case denylist4([IPv4Prefix])
  /// EAMT entries, for an atomic configuration.
  case eamt([EAMEntry])
  /// Pool4 entries, for an atomic configuration.
  case pool4([Pool4Entry])
  /// Static BIB entries, for an atomic configuration.
  case bib([BIBEntry])
  /// Session records in the module's own layout, as `RecordLayout` encodes them.
  case sessions(encoded: [UInt8])
  /// The last instance received.
  case instanceOffset(InstanceEntry)
  /// The last IPv4 prefix received: that of an EAMT entry, or one of denylist4.
  case prefixOffset(IPv4Prefix)
  /// The last pool4 entry received.
  case pool4Offset(Pool4Entry)
  /// The last BIB entry received.
  case bibOffset(BIBEntry)
  /// The last session received.
  case sessionOffset(SessionEntry)
  /// The number of the last statistic or global variable received.
  case numberOffset(UInt8)
  /// The properties of the instance to create.
  case newInstance(NewInstance)
  /// The EAMT entry to add.
  case eam(EAMEntry)
  /// The criterion for the EAMT entry to remove.
  case eamSelector(EAMSelector)
  /// The prefix of denylist4 to add or remove.
  case prefix(IPv4Prefix)
  /// The pool4 entry to add, or the transport addresses to remove.
  case pool4Entry(Pool4Entry)
  /// The BIB entry to add.
  case bibEntry(BIBEntry)
  /// The criterion for the BIB entry to remove.
  case bibSelector(BIBSelector)
  /// The protocol whose table the request is about.
  case proto(L4Protocol)
  /// The start of an atomic configuration.
  case atomicInit(Framework)
  /// The end of an atomic configuration, which commits it.
  case atomicEnd

  enum Number: UInt16 {
    case addressQuery = 1
    case globals = 2
    case denylist4 = 3
    case eamt = 4
    case pool4 = 5
    case bib = 6
    case sessions = 7
    case offset = 8
    case numberOffset = 9
    case operand = 10
    case proto = 11
    case atomicInit = 12
    case atomicEnd = 13

    /// Whether the attribute needs the nested flag.
    ///
    /// Kernels from 5.2 on refuse these attributes without it.
    var isNested: Bool {
      switch self {
      case .globals, .denylist4, .eamt, .pool4, .bib, .sessions, .offset, .operand: true
      case .addressQuery, .numberOffset, .proto, .atomicInit, .atomicEnd: false
      }
    }
  }

  init(decoding attribute: borrowing Attribute, of operation: JoolOperation) throws(WireFormatError) {
    guard let number = Number(rawValue: attribute.type) else {
      throw .unexpected(attribute: attribute.type, in: "request")
    }
    if number.isNested, !attribute.isNested { throw .notNested(field: "\(number)") }
    let payload = attribute.value
    switch number {
    case .addressQuery where operation == .addressQuery64: self = .addressQuery6(try payload.wholeAddress("ADDR_QUERY"))
    case .addressQuery: self = .addressQuery4(try payload.wholeAddress("ADDR_QUERY"))
    case .globals: self = .globals(try GlobalSetting.list(decoding: payload, skippingUnknown: false))
    case .denylist4: self = .denylist4(try IPv4Prefix.list(decoding: payload, in: "BL4_ENTRIES"))
    case .eamt: self = .eamt(try EAMEntry.list(decoding: payload, in: "EAMT_ENTRIES"))
    case .pool4: self = .pool4(try Pool4Entry.list(decoding: payload, in: "POOL4_ENTRIES"))
    case .bib: self = .bib(try BIBEntry.list(decoding: payload, in: "BIB_ENTRIES"))
    case .sessions: self = .sessions(encoded: payload.copied())
    case .offset: self = try Self.offset(decoding: payload, of: operation)
    case .numberOffset: self = .numberOffset(try payload.wholeInteger(as: UInt8.self, field: "OFFSET_U8"))
    case .operand: self = try Self.operand(decoding: payload, of: operation)
    case .proto: self = .proto(try L4Protocol(decoding: payload))
    case .atomicInit:
      self = .atomicInit(Framework(rawValue: try payload.wholeInteger(as: UInt8.self, field: "ATOMIC_INIT")))
    case .atomicEnd: self = .atomicEnd
    }
  }

  private static func offset(decoding payload: RawSpan, of operation: JoolOperation) throws(WireFormatError) -> Self {
    switch operation {
    case .instanceForEach: .instanceOffset(try InstanceEntry(decoding: payload))
    case .eamtForEach, .denylist4ForEach: .prefixOffset(try IPv4Prefix(decoding: payload))
    case .pool4ForEach: .pool4Offset(try Pool4Entry(decoding: payload))
    case .bibForEach: .bibOffset(try BIBEntry(decoding: payload))
    case .sessionForEach: .sessionOffset(try SessionEntry(decodingOffset: payload))
    default: throw .unexpected(attribute: Number.offset.rawValue, in: "\(operation)")
    }
  }

  private static func operand(decoding payload: RawSpan, of operation: JoolOperation) throws(WireFormatError) -> Self {
    switch operation {
    case .instanceAdd: .newInstance(try NewInstance(decoding: payload))
    case .eamtAdd: .eam(try EAMEntry(decoding: payload))
    case .eamtRemove: .eamSelector(try EAMSelector(decoding: payload))
    case .denylist4Add, .denylist4Remove: .prefix(try IPv4Prefix(decoding: payload))
    case .pool4Add, .pool4Remove: .pool4Entry(try Pool4Entry(decoding: payload))
    case .bibAdd: .bibEntry(try BIBEntry(decoding: payload))
    case .bibRemove: .bibSelector(try BIBSelector(decoding: payload))
    default: throw .unexpected(attribute: Number.operand.rawValue, in: "\(operation)")
    }
  }

  func encode(into writer: inout AttributeWriter) {
    switch self {
    case .addressQuery6(let address): writer.attribute(Number.addressQuery.rawValue, address: address)
    case .addressQuery4(let address): writer.attribute(Number.addressQuery.rawValue, address: address)
    case .globals(let settings):
      writer.nest(Number.globals.rawValue) { for setting in settings { setting.encode(into: &$0) } }
    case .denylist4(let list): writer.nest(Number.denylist4.rawValue, list: list)
    case .eamt(let list): writer.nest(Number.eamt.rawValue, list: list)
    case .pool4(let list): writer.nest(Number.pool4.rawValue, list: list)
    case .bib(let list): writer.nest(Number.bib.rawValue, list: list)
    case .sessions(let encoded): writer.nest(Number.sessions.rawValue) { $0.raw.append(contentsOf: encoded) }
    case .instanceOffset(let record): writer.nest(Number.offset.rawValue, record)
    case .prefixOffset(let record): writer.nest(Number.offset.rawValue, record)
    case .pool4Offset(let record): writer.nest(Number.offset.rawValue, record)
    case .bibOffset(let record): writer.nest(Number.offset.rawValue, record)
    case .sessionOffset(let record): writer.nest(Number.offset.rawValue) { record.encodeOffset(into: &$0) }
    case .numberOffset(let number): writer.attribute(Number.numberOffset.rawValue, number)
    case .newInstance(let record): writer.nest(Number.operand.rawValue, record)
    case .eam(let record): writer.nest(Number.operand.rawValue, record)
    case .eamSelector(let record): writer.nest(Number.operand.rawValue, record)
    case .prefix(let record): writer.nest(Number.operand.rawValue, record)
    case .pool4Entry(let record): writer.nest(Number.operand.rawValue, record)
    case .bibEntry(let record): writer.nest(Number.operand.rawValue, record)
    case .bibSelector(let record): writer.nest(Number.operand.rawValue, record)
    case .proto(let proto): writer.attribute(Number.proto.rawValue, proto.rawValue)
    case .atomicInit(let framework): writer.attribute(Number.atomicInit.rawValue, framework.rawValue)
    case .atomicEnd: writer.attribute(Number.atomicEnd.rawValue) { _ in }
    }
  }
}
