internal import JoolCore

extension SyncFrame {
  /// The header that every frame begins with.
  struct Header: Hashable, Sendable {
    let kind: Kind
    let sender: Incarnation
    let number: UInt32
    let sequence: UInt64
    let target: Incarnation

    init(kind: Kind, sender: Incarnation, number: UInt32, sequence: UInt64, target: Incarnation = .nobody) {
      (self.kind, self.sender, self.number) = (kind, sender, number)
      (self.sequence, self.target) = (sequence, target)
    }

    /// Decodes the header only.
    /// - Throws: `WireFormatError.unsupportedVersion` for a frame of another version; other errors if the datagram does
    ///   not begin with a valid header.
    init(decoding datagram: RawSpan) throws(WireFormatError) {
      var reader = FrameReader(datagram)
      self = try Header(decoding: &reader)
    }

    fileprivate init(decoding reader: inout FrameReader) throws(WireFormatError) {
      guard try reader.next(UInt16.self) == 0 else { throw .badValue(field: "SS2 marker", value: 1) }
      let version = try reader.next(UInt8.self)
      guard version == SyncFrame.version else { throw .unsupportedVersion(version) }
      let type = try reader.next(UInt8.self)
      guard let kind = Kind(rawValue: type) else { throw .badValue(field: "SS2 type", value: UInt64(type)) }
      self.kind = kind
      sender = Incarnation(try reader.next(UInt64.self))
      guard sender != .nobody else { throw .badValue(field: "SS2 sender", value: 0) }
      number = try reader.next(UInt32.self)
      sequence = try reader.sequence()
      target = Incarnation(try reader.next(UInt64.self))
    }
  }

  /// Decodes a datagram.
  ///
  /// Throws `WireFormatError` if the datagram does not parse to the last byte, or has a session that cannot exist.
  /// - `pool6`: the prefix from which the sessions' destination6 is derived.
  /// - `waited`: how long ago the datagram arrived. The times left of its sessions are reduced by this.
  init(
    decoding datagram: RawSpan, pool6: IPv6Prefix, waited: Milliseconds = Milliseconds(0)
  ) throws(WireFormatError) {
    var reader = FrameReader(datagram)
    let header = try Header(decoding: &reader)
    (sender, number, sequence, target) = (header.sender, header.number, header.sequence, header.target)
    switch header.kind {
    case .hello: body = .hello(try Hello(decoding: &reader))
    case .update: body = .update(try reader.records(pool6: pool6, waited: waited))
    case .nak: body = .nak(try Self.ranges(decoding: &reader))
    case .unavailable: body = .unavailable(first: try reader.sequence(), last: try reader.sequence())
    case .pull: body = .pull(try Pull(decoding: &reader))
    case .bulk:
      let (transfer, frame) = (try reader.next(UInt32.self), try reader.next(UInt32.self))
      let frames = try reader.next(UInt32.self)
      try reader.zero(UInt32.self)
      body = .bulk(
        Bulk(
          transfer: transfer, frame: frame, frames: frames, records: try reader.records(pool6: pool6, waited: waited)))
    case .compare:
      let (first, count) = (Int(try reader.next(UInt16.self)), Int(try reader.next(UInt16.self)))
      try reader.zero(UInt32.self)
      body = .compare(first: first, try reader.digests(count: count))
    case .buckets:
      let group = Int(try reader.next(UInt16.self))
      try reader.zero(UInt16.self)
      try reader.zero(UInt32.self)
      body = .buckets(group: group, try reader.digests(count: 64))
    case .differences: body = .differences(try Differences(decoding: &reader))
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

extension SyncFrame.Pull {
  fileprivate init(decoding reader: inout FrameReader) throws(WireFormatError) {
    transfer = try reader.next(UInt32.self)
    next = try reader.next(UInt32.self)
    window = try reader.next(UInt32.self)
    let flags = try reader.next(UInt32.self)
    guard flags <= Self.hasBuckets, flags == 0 || next == 0 else {
      throw .badValue(field: "SS2 pull flags", value: UInt64(flags))
    }
    if flags == Self.hasBuckets { buckets = BucketSet(bytes: try reader.bytes(count: BucketSet.size)) }
    missing = []
    while !reader.isAtEnd { missing.append(try reader.next(UInt32.self)) }
  }
}

extension SyncFrame.Differences {
  fileprivate init(decoding reader: inout FrameReader) throws(WireFormatError) {
    (first, count) = (Int(try reader.next(UInt16.self)), Int(try reader.next(UInt16.self)))
    guard 1...Self.maxCount ~= count else { throw .badValue(field: "SS2 groups", value: UInt64(count)) }
    try reader.zero(UInt32.self)
    bitmap = try reader.next(UInt64.self)
    guard count == 64 || bitmap >> UInt64(count) == 0 else { throw .badValue(field: "SS2 groups", value: bitmap) }
  }
}
