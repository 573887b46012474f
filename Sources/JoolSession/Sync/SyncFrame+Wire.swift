internal import JoolCore

/// The frame as bytes. docs/session-sync-protocol.md has the layout.
extension SyncFrame {
  private enum Kind: UInt8 {
    case hello = 1
    case update, nak, gone, join, bulk, digests, buckets, repair, settings
  }

  private var kind: Kind {
    switch body {
    case .hello: .hello
    case .update: .update
    case .nak: .nak
    case .gone: .gone
    case .join: .join
    case .bulk: .bulk
    case .digests: .digests
    case .buckets: .buckets
    case .repair: .repair
    case .settings: .settings
    }
  }

  func encoded() -> [UInt8] {
    var writer = AttributeWriter(capacity: PathSize.ethernet.frame)
    writer.appendBigEndian(UInt16(0))
    writer.appendBigEndian(Self.version)
    writer.appendBigEndian(kind.rawValue)
    writer.appendBigEndian(sender.node)
    writer.appendBigEndian(sender.epoch)
    writer.appendBigEndian(sequence)
    writer.appendBigEndian(target)
    switch body {
    case .hello(let hello):
      writer.appendBigEndian(UInt64(hello.isReady ? 1 : 0) << 56)
      writer.appendBigEndian(hello.clock.rawValue)
      writer.appendBigEndian(hello.sessions)
      writer.appendBigEndian(hello.rootDigest)
      writer.appendBigEndian(UInt64(hello.pool6.length) << 56)
      writer.appendBigEndian(hello.pool6.address.bits)
      for heard in hello.heard {
        writer.appendBigEndian(heard.sender.node)
        writer.appendBigEndian(heard.sender.epoch)
        writer.appendBigEndian(heard.silence.rawValue)
        writer.appendBigEndian(heard.next)
      }
    case .update(let records): writer.append(records: records)
    case .nak(let ranges):
      for range in ranges {
        writer.appendBigEndian(range.first)
        writer.appendBigEndian(UInt64(range.count) << 32)
      }
    case .gone(let first, let last):
      writer.appendBigEndian(first)
      writer.appendBigEndian(last)
    case .join(let join):
      for number in [join.transfer, join.next, join.window, 0] + join.missing { writer.appendBigEndian(number) }
    case .bulk(let bulk):
      for number in [bulk.transfer, bulk.frame, bulk.frames, 0] { writer.appendBigEndian(number) }
      writer.append(records: bulk.records)
    case .digests(let first, let digests):
      writer.appendBigEndian(UInt64(first) << 48 | UInt64(digests.count) << 32)
      for digest in digests { writer.appendBigEndian(digest) }
    case .buckets(let group, let digests):
      writer.appendBigEndian(UInt64(group) << 48)
      for digest in digests { writer.appendBigEndian(digest) }
    case .repair(let bucket, let records):
      writer.appendBigEndian(UInt64(bucket) << 48)
      writer.append(records: records)
    case .settings(let settings): settings.encode(into: &writer)
    }
    return writer.bytes
  }

  /// Makes the sessions of an encoded update as old as they are when it is sent again later.
  static func age(_ update: inout [UInt8], by elapsed: Milliseconds) {
    for record in stride(from: headerSize, to: update.count, by: SyncRecord.size) {
      let field = record + Packed36.expirationOffset..<record + Packed36.expirationOffset + 4
      let left = update[field].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      let aged = left > elapsed.rawValue ? left - elapsed.rawValue : 0
      for (offset, index) in field.enumerated() { update[index] = UInt8(truncatingIfNeeded: aged >> (24 - 8 * offset)) }
    }
  }

  /// - Throws: for anything that does not parse to the last byte, and for any session that could not be.
  init(decoding datagram: RawSpan, pool6: IPv6Prefix) throws(WireFormatError) {
    var reader = FrameReader(datagram)
    guard try reader.next(UInt16.self) == 0 else { throw .badValue(field: "SS2 marker", value: 1) }
    let version = try reader.next(UInt8.self)
    guard version == Self.version else { throw .badValue(field: "SS2 version", value: UInt64(version)) }
    let type = try reader.next(UInt8.self)
    guard let kind = Kind(rawValue: type) else { throw .badValue(field: "SS2 type", value: UInt64(type)) }
    sender = SyncSender(node: try reader.next(UInt64.self), epoch: try reader.next(UInt32.self))
    guard sender.node != 0 else { throw .badValue(field: "SS2 node", value: 0) }
    sequence = try reader.sequence()
    target = try reader.next(UInt64.self)
    switch kind {
    case .hello: body = .hello(try Hello(decoding: &reader))
    case .update: body = .update(try reader.records(pool6: pool6))
    case .nak: body = .nak(try Self.ranges(decoding: &reader))
    case .gone: body = .gone(first: try reader.sequence(), last: try reader.sequence())
    case .join: body = .join(try Join(decoding: &reader))
    case .bulk:
      let (transfer, frame) = (try reader.next(UInt32.self), try reader.next(UInt32.self))
      let frames = try reader.next(UInt32.self)
      try reader.zero(UInt32.self)
      body = .bulk(
        Bulk(transfer: transfer, frame: frame, frames: frames, records: try reader.records(pool6: pool6)))
    case .digests:
      let (first, count) = (Int(try reader.next(UInt16.self)), Int(try reader.next(UInt16.self)))
      try reader.zero(UInt32.self)
      body = .digests(first: first, try reader.digests(count: count))
    case .buckets:
      let group = Int(try reader.next(UInt16.self))
      try reader.zero(UInt16.self)
      try reader.zero(UInt32.self)
      body = .buckets(group: group, try reader.digests(count: 64))
    case .repair:
      let bucket = Int(try reader.next(UInt16.self))
      try reader.zero(UInt16.self)
      try reader.zero(UInt32.self)
      body = .repair(bucket: bucket, try reader.records(pool6: pool6))
    case .settings: body = .settings(try Settings(decoding: &reader))
    }
    try reader.finish()
  }

  private static func ranges(decoding reader: inout FrameReader) throws(WireFormatError) -> [MissingUpdates] {
    var ranges: [MissingUpdates] = []
    while !reader.isAtEnd {
      ranges.append(MissingUpdates(first: try reader.sequence(), count: try reader.next(UInt32.self)))
      try reader.zero(UInt32.self)
    }
    return ranges
  }
}

extension SyncFrame.Hello {
  fileprivate init(decoding reader: inout FrameReader) throws(WireFormatError) {
    let state = try reader.next(UInt8.self)
    guard state <= 1 else { throw .badValue(field: "SS2 state", value: UInt64(state)) }
    isReady = state == 1
    try reader.zeros(7)
    clock = try reader.version()
    sessions = try reader.next(UInt64.self)
    rootDigest = try reader.next(UInt64.self)
    let length = try reader.next(UInt8.self)
    try reader.zeros(7)
    let address = IPv6Address(bits: try reader.next(UInt128.self))
    guard let pool6 = IPv6Prefix(address: address, length: Int(length)) else {
      throw .badValue(field: "SS2 pool6 length", value: UInt64(length))
    }
    self.pool6 = pool6
    while !reader.isAtEnd { heard.append(try SyncFrame.Heard(decoding: &reader)) }
  }
}

extension SyncFrame.Heard {
  fileprivate init(decoding reader: inout FrameReader) throws(WireFormatError) {
    sender = SyncSender(node: try reader.next(UInt64.self), epoch: try reader.next(UInt32.self))
    silence = Milliseconds(try reader.next(UInt32.self))
    next = try reader.sequence()
  }
}

extension SyncFrame.Join {
  fileprivate init(decoding reader: inout FrameReader) throws(WireFormatError) {
    transfer = try reader.next(UInt32.self)
    next = try reader.next(UInt32.self)
    window = try reader.next(UInt32.self)
    try reader.zero(UInt32.self)
    missing = []
    while !reader.isAtEnd { missing.append(try reader.next(UInt32.self)) }
  }
}

extension SyncFrame.Settings {
  fileprivate func encode(into writer: inout AttributeWriter) {
    let flags = [settings.isEnabled, settings.isTranslating, settings.isPool4Cut]
    let bits = flags.enumerated().reduce(UInt32(0)) { $0 | ($1.element ? 1 << UInt32($1.offset) : 0) }
    writer.appendBigEndian(bits)
    writer.appendBigEndian(revision)
    writer.appendBigEndian(part)
    writer.appendBigEndian(parts)
    writer.appendBigEndian(UInt32(0))
    let limits = settings.limits
    for limit in [limits.tcpEstablished, limits.tcpTransitory, limits.udp, limits.icmp] {
      writer.appendBigEndian(limit.rawValue)
    }
    for range in settings.pool4 {
      writer.appendBigEndian(range.mark)
      writer.appendBigEndian(range.addresses.lowerBound)
      writer.appendBigEndian(range.addresses.upperBound)
      writer.appendBigEndian(range.ports.lowerBound)
      writer.appendBigEndian(range.ports.upperBound)
      writer.appendBigEndian(UInt32(range.proto.rawValue))
    }
  }

  fileprivate init(decoding reader: inout FrameReader) throws(WireFormatError) {
    let flags = try reader.next(UInt32.self)
    guard flags < 8 else { throw .badValue(field: "SS2 settings flags", value: UInt64(flags)) }
    revision = try reader.next(UInt32.self)
    (part, parts) = (try reader.next(UInt16.self), try reader.next(UInt16.self))
    guard part < parts, parts <= Self.maxParts else {
      throw .badValue(field: "SS2 settings part", value: UInt64(part))
    }
    try reader.zero(UInt32.self)
    var limits = SessionLimits()
    limits.tcpEstablished = Milliseconds(try reader.next(UInt32.self))
    limits.tcpTransitory = Milliseconds(try reader.next(UInt32.self))
    limits.udp = Milliseconds(try reader.next(UInt32.self))
    limits.icmp = Milliseconds(try reader.next(UInt32.self))
    var pool4: [MaskRange] = []
    while !reader.isAtEnd { pool4.append(try MaskRange(decoding: &reader)) }
    settings = NodeSettings(
      isEnabled: flags & 1 != 0, isTranslating: flags & 2 != 0, limits: limits, pool4: pool4)
    settings.isPool4Cut = flags & 4 != 0
  }
}

extension MaskRange {
  fileprivate init(decoding reader: inout FrameReader) throws(WireFormatError) {
    mark = try reader.next(UInt32.self)
    let (first, last) = (try reader.next(UInt32.self), try reader.next(UInt32.self))
    guard first <= last else { throw .badValue(field: "SS2 pool4 addresses", value: UInt64(first)) }
    addresses = first...last
    let (low, high) = (try reader.next(UInt16.self), try reader.next(UInt16.self))
    guard low <= high else { throw .badValue(field: "SS2 pool4 ports", value: UInt64(low)) }
    ports = low...high
    let number = try reader.next(UInt32.self)
    guard let proto = UInt8(exactly: number).flatMap({ L4Protocol(rawValue: $0) }) else {
      throw .badValue(field: "SS2 pool4 protocol", value: UInt64(number))
    }
    self.proto = proto
  }
}

extension AttributeWriter {
  fileprivate mutating func append(records: [SyncRecord]) {
    for record in records {
      Packed36.encode(record.session, into: &self)
      appendBigEndian(record.version.rawValue)
    }
  }
}

/// Reads the fields of a frame one after the other.
private struct FrameReader: ~Escapable {
  private let bytes: RawSpan
  private var offset = 0

  @_lifetime(copy bytes)
  init(_ bytes: RawSpan) { self.bytes = bytes }

  var isAtEnd: Bool { offset == bytes.byteCount }

  mutating func next<Integer: FixedWidthInteger & BitwiseCopyable>(_: Integer.Type) throws(WireFormatError) -> Integer {
    let value = try bytes.bigEndianInteger(at: offset, as: Integer.self, field: "SS2 frame")
    offset += MemoryLayout<Integer>.size
    return value
  }

  /// Numbers that nobody reaches are refused, so that counting on from them cannot overflow.
  mutating func sequence() throws(WireFormatError) -> UInt64 {
    let value = try next(UInt64.self)
    guard value < 1 << 62 else { throw .badValue(field: "SS2 sequence", value: value) }
    return value
  }

  /// Versions that no clock reaches are refused, so that a clock can always go on from what it heard.
  mutating func version() throws(WireFormatError) -> Version {
    let value = try next(UInt64.self)
    guard value < Version.limit else { throw .badValue(field: "SS2 record version", value: value) }
    return Version(rawValue: value)
  }

  mutating func zero<Integer: FixedWidthInteger & BitwiseCopyable>(_ type: Integer.Type) throws(WireFormatError) {
    let value = try next(type)
    guard value == 0 else { throw .badValue(field: "SS2 reserved bytes", value: UInt64(truncatingIfNeeded: value)) }
  }

  mutating func zeros(_ count: Int) throws(WireFormatError) {
    for _ in 0..<count { try zero(UInt8.self) }
  }

  mutating func digests(count: Int) throws(WireFormatError) -> [UInt64] {
    guard bytes.byteCount - offset == count * 8 else {
      throw .wrongSize(field: "SS2 digests", expected: count * 8, actual: bytes.byteCount - offset)
    }
    var digests: [UInt64] = []
    for _ in 0..<count { digests.append(try next(UInt64.self)) }
    return digests
  }

  /// All the rest.
  mutating func records(pool6: IPv6Prefix) throws(WireFormatError) -> [SyncRecord] {
    let size = SyncRecord.size
    guard (bytes.byteCount - offset) % size == 0 else {
      throw .strayBytes(count: (bytes.byteCount - offset) % size)
    }
    var records: [SyncRecord] = []
    records.reserveCapacity((bytes.byteCount - offset) / size)
    while !isAtEnd {
      let session = try Packed36.decode(bytes.extracting(offset..<offset + Packed36.size), pool6: pool6)
      try session.checkValues(pool6: pool6)
      offset += Packed36.size
      records.append(SyncRecord(session: session, version: try version()))
    }
    return records
  }

  func finish() throws(WireFormatError) {
    guard isAtEnd else { throw .strayBytes(count: bytes.byteCount - offset) }
  }
}
