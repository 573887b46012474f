public import JoolCore

/// What a snapshot of a session table states beside the sessions: whose table it is, and when it was taken.
///
/// A snapshot is a file (`SnapshotEncoder`, `SnapshotDecoder`), all integers big-endian:
///
///     0    8         12             16      n                      m                  m + 32
///     | JoolTabl | format 2 | header size n | header | records, 44 bytes each | SHA-256 of everything before |
///
///     header, offset  size  field
///             16      16    name of the group, filled with zero bytes
///             32       8    number of the snapshot: each is one more than the last of its group
///             40       8    sessions
///             48       8    time of day at which it was taken, milliseconds since 1970
///             56       8    milliseconds since the machine's start
///             64      16    number of the machine's start; 0 if it is not known
///             80      16    pool6, address
///             96       4    pool6, length
///             100     16    timeouts in milliseconds, as in a hello of SS2
///             116      4    1: pool4 has more ranges than these
///             120      8    removals; format 1 has neither these nor this field
///             128   20 each ranges of pool4, as in the settings of SS2
///
/// A record is that of SS2 (docs/session-sync-protocol.md): a session or a removal, with its time left when the snapshot
/// was taken, and its version. The order of the records has no meaning.
public struct TableSnapshot: Hashable, Sendable {
  /// The name of the group, or of the instance, whose table it is.
  public var group: InstanceName
  /// The number of the snapshot.
  ///
  /// Of two snapshots of a group, the one with the higher number is the newer one.
  public var number: UInt64
  /// The time at which it was taken.
  public var taken: SnapshotMoment
  /// The prefix of the NAT64s.
  public var pool6: IPv6Prefix
  /// The timeouts of the NAT64s.
  public var limits: SessionLimits
  /// The pool4 of the NAT64s, as far as it is known.
  package var pool4: [MaskRange]
  /// Whether pool4 has more ranges than those.
  package var isPool4Cut: Bool
  /// The number of sessions.
  public internal(set) var count: UInt64 = 0
  /// The number of removals.
  public internal(set) var removals: UInt64 = 0

  static let magic: UInt64 = 0x4a6f_6f6c_5461_626c
  /// The format that is written.
  static let format: UInt32 = 2
  /// The format before removals, which is still read.
  static let formatWithoutRemovals: UInt32 = 1
  /// The bytes before the header, which every format has.
  static let prefixSize = 16
  static let fixedSize = 128
  /// The size of the smallest header of any format.
  static let smallestHeader = 120
  static let rangeSize = SyncFrame.Settings.rangeSize
  static let nameSize = 16
  /// The upper bound of the header's size; more ranges of pool4 are not kept.
  static let maxHeaderSize = fixedSize + rangeSize * NodeSettings.maxRanges
  static let checksumSize = 32

  /// Describes a snapshot that is taken now.
  package init(
    group: InstanceName, number: UInt64, taken: SnapshotMoment, pool6: IPv6Prefix, limits: SessionLimits,
    pool4: [MaskRange] = [], isPool4Cut: Bool = false
  ) {
    self.group = group
    self.number = number
    self.taken = taken
    self.pool6 = pool6
    self.limits = limits
    self.pool4 = Array(pool4.prefix(NodeSettings.maxRanges))
    self.isPool4Cut = isPool4Cut || pool4.count > NodeSettings.maxRanges
  }

  /// Describes a snapshot whose pool4 is not known.
  public init(
    group: InstanceName, number: UInt64, taken: SnapshotMoment, pool6: IPv6Prefix, limits: SessionLimits
  ) {
    self.init(group: group, number: number, taken: taken, pool6: pool6, limits: limits, pool4: [])
  }
}

extension TableSnapshot {
  /// The bytes before the records.
  var header: [UInt8] {
    let size = Self.fixedSize + pool4.count * Self.rangeSize
    var writer = ByteWriter(capacity: size)
    writer.appendBigEndian(Self.magic)
    writer.appendBigEndian(Self.format)
    writer.appendBigEndian(UInt32(size))
    let name = Array(group.description.utf8.prefix(Self.nameSize))
    writer.append(contentsOf: name + Array(repeating: 0, count: Self.nameSize - name.count))
    for integer in [number, count, taken.timeOfDay, taken.sinceStart] { writer.appendBigEndian(integer) }
    writer.appendBigEndian(taken.start)
    writer.appendBigEndian(pool6.address.bits)
    writer.appendBigEndian(UInt32(pool6.length))
    limits.encode(into: &writer)
    writer.appendBigEndian(UInt32(isPool4Cut ? 1 : 0))
    writer.appendBigEndian(removals)
    for range in pool4 { range.encode(into: &writer) }
    return writer.bytes
  }

  /// Decodes the header, prefix included.
  ///
  /// Expects that the prefix was checked.
  init(header: RawSpan) throws(SnapshotError) {
    do throws(WireFormatError) {
      let format = try header.bigEndianInteger(at: 8, as: UInt32.self, field: "format")
      var reader = FrameReader(header.extracting(Self.prefixSize..<header.byteCount))
      let name = try reader.bytes(count: Self.nameSize).prefix { $0 != 0 }
      guard let group = InstanceName(String(decoding: name, as: UTF8.self)) else { throw .missing(field: "name") }
      self.group = group
      number = try reader.next(UInt64.self)
      count = try reader.next(UInt64.self)
      let timeOfDay = try reader.next(UInt64.self)
      let sinceStart = try reader.next(UInt64.self)
      taken = SnapshotMoment(timeOfDay: timeOfDay, sinceStart: sinceStart, start: try reader.next(UInt128.self))
      let address = IPv6Address(bits: try reader.next(UInt128.self))
      let length = try reader.next(UInt32.self)
      guard let pool6 = IPv6Prefix(address: address, length: Int(length)), IPv6Prefix.isTranslationLength(pool6.length)
      else { throw .badValue(field: "pool6 length", value: UInt64(length)) }
      self.pool6 = pool6
      limits = try SessionLimits(decoding: &reader)
      isPool4Cut = try reader.next(UInt32.self) != 0
      removals = format == Self.formatWithoutRemovals ? 0 : try reader.next(UInt64.self)
      pool4 = []
      while !reader.isAtEnd { pool4.append(try MaskRange(decoding: &reader)) }
    } catch {
      throw .malformed("\(error)")
    }
  }
}
