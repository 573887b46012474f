internal import JoolCore

/// Reads the fields of a frame one after the other.
struct FrameReader: ~Escapable {
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

  /// Reads a sequence number.
  ///
  /// Values from 2^62 on are refused, so that arithmetic on sequence numbers cannot overflow. No sender reaches them.
  mutating func sequence() throws(WireFormatError) -> UInt64 {
    let value = try next(UInt64.self)
    guard value < 1 << 62 else { throw .badValue(field: "SS2 sequence", value: value) }
    return value
  }

  mutating func version() throws(WireFormatError) -> Version {
    let value = try next(UInt64.self)
    guard value < Version.limit else { throw .badValue(field: "SS2 version", value: value) }
    return Version(rawValue: value)
  }

  mutating func zero<Integer: FixedWidthInteger & BitwiseCopyable>(_ type: Integer.Type) throws(WireFormatError) {
    let value = try next(type)
    guard value == 0 else { throw .badValue(field: "SS2 reserved bytes", value: UInt64(truncatingIfNeeded: value)) }
  }

  mutating func bytes(count: Int) throws(WireFormatError) -> [UInt8] {
    guard bytes.byteCount - offset >= count else {
      throw .truncated(field: "SS2 frame", need: offset + count, have: bytes.byteCount)
    }
    defer { offset += count }
    return bytes.extracting(offset..<offset + count).copied()
  }

  mutating func digests(count: Int) throws(WireFormatError) -> [UInt64] {
    guard bytes.byteCount - offset == count * 8 else {
      throw .wrongSize(field: "SS2 digests", expected: count * 8, actual: bytes.byteCount - offset)
    }
    var digests: [UInt64] = []
    digests.reserveCapacity(count)
    for _ in 0..<count { digests.append(try next(UInt64.self)) }
    return digests
  }

  /// Reads all remaining bytes as records.
  /// - `waited`: the time since the datagram arrived, by which the sessions' times left are reduced.
  mutating func records(pool6: IPv6Prefix, waited: Milliseconds) throws(WireFormatError) -> [SyncRecord] {
    let size = SyncRecord.size
    guard (bytes.byteCount - offset) % size == 0 else {
      throw .strayBytes(count: (bytes.byteCount - offset) % size)
    }
    var records: [SyncRecord] = []
    records.reserveCapacity((bytes.byteCount - offset) / size)
    while !isAtEnd {
      var session = try Packed36.decode(bytes.extracting(offset..<offset + Packed36.size), pool6: pool6)
      if session.timer == .removal {
        try session.checkRemoval(pool6: pool6)
      } else {
        try session.checkValues(pool6: pool6)
      }
      offset += Packed36.size
      if waited.rawValue > 0 { session = session.after(waited) }
      let record = SyncRecord(session: session, version: try version())
      records.append(record.removal.map { SyncRecord($0) } ?? record)
    }
    return records
  }

  func finish() throws(WireFormatError) {
    guard isAtEnd else { throw .strayBytes(count: bytes.byteCount - offset) }
  }
}
