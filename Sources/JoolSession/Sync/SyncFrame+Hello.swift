internal import JoolCore

extension SyncFrame {
  /// A node's state and version vector.
  ///
  /// A node sends a hello about once a second, and early when something has changed. The fields are those of the frame,
  /// in its order, so there are as many as the specification lists.
  struct Hello: Hashable, Sendable {
    var state: NodeState
    /// Whether the node has the right to the addresses (`AddressRight`).
    var may = false
    /// Whether its module has announced a session within `ModuleState.translationMemory`.
    var isTranslating = false
    /// The tag of its versions.
    var tag: UInt16
    /// The number of the question to `asks`; 0 if there is none.
    var request: UInt8 = 0
    /// The highest version that the node has sent or received.
    var clock: Version
    /// The number of sessions in its table.
    var sessions: UInt64
    /// The root digest of its table (`SessionTable.rootDigest`).
    var rootDigest: UInt64
    var pool6: IPv6Prefix
    /// The timeouts of its module.
    var limits: SessionLimits
    /// The incarnation that is asked to keep the addresses; `nobody` if there is none.
    var asks = Incarnation.nobody
    /// The node's version vector.
    var entries: [HelloEntry] = []
    /// The number of empty entries after those.
    ///
    /// They make the hello longer, because the answer to it may then be longer, too.
    var padding = 0
  }

  /// An entry of the version vector: how much the sender has of another incarnation's updates.
  struct HelloEntry: Hashable, Sendable {
    /// What the sender knows about the incarnation.
    struct Flags: OptionSet, Hashable, Sendable {
      let rawValue: UInt8

      /// The incarnation was heard within the peer timeout.
      static let heard = Flags(rawValue: 1)
      /// The incarnation has a table.
      static let hasTable = Flags(rawValue: 2)
      /// The incarnation has another pool6.
      static let hasOtherPool6 = Flags(rawValue: 4)

      static let all: Flags = [.heard, .hasTable, .hasOtherPool6]
    }

    static let size = 24

    var incarnation: Incarnation
    /// All updates before this one have arrived; 0 if the sender has nothing of the incarnation.
    var next: UInt64
    /// The number of updates from `next` to the highest that has arrived, holes included.
    var beyond: UInt32
    /// The number of seconds since the incarnation was last heard, rounded up.
    var silence: UInt16
    var flags: Flags
    /// The number of the incarnation's question that the sender has promised; 0 if there is none.
    var promise: UInt8 = 0

    var progress: Progress { Progress(next: next, beyond: beyond) }
  }
}

extension SyncFrame.Hello {
  /// The size in bytes of the body before the entries.
  static let fixedSize = 72

  /// The minimum size in bytes of a starting node's frames with a hello.
  ///
  /// Shorter ones are padded, so that the early answer is not more than `answerFactor` times as long.
  static let startingSize = 512
  /// How many times as long as an unvalidated sender's hello the early answer to it may be (RFC 9000 §8.1).
  static let answerFactor = 3

  /// Pads the hello with empty entries.
  /// - Parameter size: the minimum size of the frame in bytes.
  mutating func pad(to size: Int) {
    let room = size - SyncFrame.headerSize - Self.fixedSize - entries.count * SyncFrame.HelloEntry.size
    padding = max(0, (room + SyncFrame.HelloEntry.size - 1) / SyncFrame.HelloEntry.size)
  }

  private static let mayFlag: UInt8 = 1
  private static let translatingFlag: UInt8 = 2

  func encode(into writer: inout ByteWriter) {
    writer.appendBigEndian(state.rawValue)
    writer.appendBigEndian((may ? Self.mayFlag : 0) | (isTranslating ? Self.translatingFlag : 0))
    writer.appendBigEndian(tag)
    writer.appendBigEndian(request)
    writer.appendBigEndian(UInt8(truncatingIfNeeded: pool6.length))
    writer.appendBigEndian(UInt16(0))
    writer.appendBigEndian(clock.rawValue)
    writer.appendBigEndian(sessions)
    writer.appendBigEndian(rootDigest)
    writer.appendBigEndian(pool6.address.bits)
    limits.encode(into: &writer)
    writer.appendBigEndian(asks.number)
    for entry in entries { entry.encode(into: &writer) }
    for _ in 0..<padding * SyncFrame.HelloEntry.size / 8 { writer.appendBigEndian(UInt64(0)) }
  }

  init(decoding reader: inout FrameReader) throws(WireFormatError) {
    let number = try reader.next(UInt8.self)
    guard let state = NodeState(rawValue: number) else {
      throw .badValue(field: "SS2 state", value: UInt64(number))
    }
    self.state = state
    let flags = try reader.next(UInt8.self)
    guard flags <= Self.mayFlag | Self.translatingFlag else {
      throw .badValue(field: "SS2 hello flags", value: UInt64(flags))
    }
    may = flags & Self.mayFlag != 0
    isTranslating = flags & Self.translatingFlag != 0
    tag = try reader.next(UInt16.self)
    guard tag < Version.tags else { throw .badValue(field: "SS2 tag", value: UInt64(tag)) }
    request = try reader.next(UInt8.self)
    let length = try reader.next(UInt8.self)
    try reader.zero(UInt16.self)
    clock = try reader.version()
    sessions = try reader.next(UInt64.self)
    rootDigest = try reader.next(UInt64.self)
    let address = IPv6Address(bits: try reader.next(UInt128.self))
    guard let pool6 = IPv6Prefix(address: address, length: Int(length)) else {
      throw .badValue(field: "SS2 pool6 length", value: UInt64(length))
    }
    self.pool6 = pool6
    limits = try SessionLimits(decoding: &reader)
    asks = Incarnation(try reader.next(UInt64.self))
    guard (request == 0) == (asks == .nobody) else {
      throw .badValue(field: "SS2 request", value: UInt64(request))
    }
    while !reader.isAtEnd {
      let entry = try SyncFrame.HelloEntry(decoding: &reader)
      guard entry.incarnation == .nobody else {
        guard padding == 0 else { throw .badValue(field: "SS2 incarnation", value: 0) }
        entries.append(entry)
        continue
      }
      padding += 1
    }
  }
}

extension SyncFrame.HelloEntry {
  fileprivate func encode(into writer: inout ByteWriter) {
    writer.appendBigEndian(incarnation.number)
    writer.appendBigEndian(next)
    writer.appendBigEndian(beyond)
    writer.appendBigEndian(silence)
    writer.appendBigEndian(flags.rawValue)
    writer.appendBigEndian(promise)
  }

  fileprivate init(decoding reader: inout FrameReader) throws(WireFormatError) {
    incarnation = Incarnation(try reader.next(UInt64.self))
    next = try reader.sequence()
    beyond = try reader.next(UInt32.self)
    silence = try reader.next(UInt16.self)
    let bits = try reader.next(UInt8.self)
    guard bits <= Flags.all.rawValue else { throw .badValue(field: "SS2 entry flags", value: UInt64(bits)) }
    flags = Flags(rawValue: bits)
    promise = try reader.next(UInt8.self)
    let isEmpty = next == 0 && beyond == 0 && silence == 0 && bits == 0 && promise == 0
    guard incarnation != .nobody || isEmpty else { throw .badValue(field: "SS2 incarnation", value: 0) }
  }
}

extension SessionLimits {
  func encode(into writer: inout ByteWriter) {
    for limit in [tcpEstablished, tcpTransitory, udp, icmp] { writer.appendBigEndian(limit.rawValue) }
  }

  init(decoding reader: inout FrameReader) throws(WireFormatError) {
    self.init()
    tcpEstablished = Milliseconds(try reader.next(UInt32.self))
    tcpTransitory = Milliseconds(try reader.next(UInt32.self))
    udp = Milliseconds(try reader.next(UInt32.self))
    icmp = Milliseconds(try reader.next(UInt32.self))
  }
}

extension SyncFrame.Hello {
  /// Decodes a whole datagram.
  /// - Throws: `WireFormatError` if it is no hello.
  init(frame datagram: RawSpan) throws(WireFormatError) {
    let header = try SyncFrame.Header(decoding: datagram)
    guard header.kind == .hello else { throw .badValue(field: "SS2 type", value: UInt64(header.kind.rawValue)) }
    var reader = FrameReader(datagram.extracting(SyncFrame.headerSize..<datagram.byteCount))
    try self.init(decoding: &reader)
  }
}
