internal import JoolCore

extension SyncFrame {
  /// One part of a node's settings.
  ///
  /// Each part has all of the settings, but only some ranges of pool4.
  struct Settings: Hashable, Sendable {
    /// The revision of the settings, which changes whenever they do.
    ///
    /// Only parts of one revision belong together.
    var revision: UInt32
    /// The number of this part, from 0.
    var part: UInt16
    /// The number of parts.
    var parts: UInt16
    var settings: NodeSettings

    static let headerSize = 32
    static let rangeSize = 20
    /// The maximum number of parts: more than `NodeSettings.maxRanges` ranges need on the path with the smallest MTU.
    static let maxParts: UInt16 = 32
  }
}

extension SyncFrame.Settings {
  func encode(into writer: inout ByteWriter) {
    let flags = [settings.isEnabled, settings.isTranslating, settings.isPool4Cut]
    let bits = flags.enumerated().reduce(UInt32(0)) { $0 | ($1.element ? 1 << UInt32($1.offset) : 0) }
    writer.appendBigEndian(bits)
    writer.appendBigEndian(revision)
    writer.appendBigEndian(part)
    writer.appendBigEndian(parts)
    writer.appendBigEndian(UInt32(0))
    settings.limits.encode(into: &writer)
    for range in settings.pool4 { range.encode(into: &writer) }
  }

  init(decoding reader: inout FrameReader) throws(WireFormatError) {
    let flags = try reader.next(UInt32.self)
    guard flags < 8 else { throw .badValue(field: "SS2 settings flags", value: UInt64(flags)) }
    revision = try reader.next(UInt32.self)
    (part, parts) = (try reader.next(UInt16.self), try reader.next(UInt16.self))
    guard part < parts, parts <= Self.maxParts else {
      throw .badValue(field: "SS2 settings part", value: UInt64(part))
    }
    try reader.zero(UInt32.self)
    let limits = try SessionLimits(decoding: &reader)
    var pool4: [MaskRange] = []
    while !reader.isAtEnd { pool4.append(try MaskRange(decoding: &reader)) }
    settings = NodeSettings(
      isEnabled: flags & 1 != 0, isTranslating: flags & 2 != 0, limits: limits, pool4: pool4)
    settings.isPool4Cut = flags & 4 != 0
  }
}

extension MaskRange {
  func encode(into writer: inout ByteWriter) {
    writer.appendBigEndian(mark)
    writer.appendBigEndian(addresses.lowerBound)
    writer.appendBigEndian(addresses.upperBound)
    writer.appendBigEndian(ports.lowerBound)
    writer.appendBigEndian(ports.upperBound)
    writer.appendBigEndian(UInt32(proto.rawValue))
  }

  init(decoding reader: inout FrameReader) throws(WireFormatError) {
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
