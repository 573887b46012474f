internal import JoolCore

/// Encodes frames. docs/session-sync-protocol.md has the layout.
extension SyncFrame {
  /// The types of frames, with their numbers on the wire.
  enum Kind: UInt8, Sendable {
    case hello = 1
    case update, nak, unavailable, pull, bulk, compare, buckets, differences, settings
  }

  private var kind: Kind {
    switch body {
    case .hello: .hello
    case .update: .update
    case .nak: .nak
    case .unavailable: .unavailable
    case .pull: .pull
    case .bulk: .bulk
    case .compare: .compare
    case .buckets: .buckets
    case .differences: .differences
    case .settings: .settings
    }
  }

  /// The bytes of the frame.
  func encoded() -> [UInt8] {
    var writer = ByteWriter(capacity: PathMTU.ethernet.frame)
    writer.appendBigEndian(UInt16(0))
    writer.appendBigEndian(Self.version)
    writer.appendBigEndian(kind.rawValue)
    writer.appendBigEndian(sender.number)
    writer.appendBigEndian(number)
    writer.appendBigEndian(sequence)
    writer.appendBigEndian(target.number)
    switch body {
    case .hello(let hello): hello.encode(into: &writer)
    case .update(let records): writer.append(records: records)
    case .nak(let ranges):
      for range in ranges {
        writer.appendBigEndian(range.first)
        writer.appendBigEndian(UInt64(range.count) << 32)
      }
    case .unavailable(let first, let last):
      writer.appendBigEndian(first)
      writer.appendBigEndian(last)
    case .pull(let pull): pull.encode(into: &writer)
    case .bulk(let bulk):
      for number in [bulk.transfer, bulk.frame, bulk.frames, 0] { writer.appendBigEndian(number) }
      writer.append(records: bulk.records)
    case .compare(let first, let digests):
      writer.appendBigEndian(UInt64(first) << 48 | UInt64(digests.count) << 32)
      for digest in digests { writer.appendBigEndian(digest) }
    case .buckets(let group, let digests):
      writer.appendBigEndian(UInt64(group) << 48)
      for digest in digests { writer.appendBigEndian(digest) }
    case .differences(let differences):
      writer.appendBigEndian(UInt64(differences.first) << 48 | UInt64(differences.count) << 32)
      writer.appendBigEndian(differences.bitmap)
    case .settings(let settings): settings.encode(into: &writer)
    }
    return writer.bytes
  }

  /// Reduces the times left in an encoded update by `elapsed`, because it is retransmitted that much later.
  static func age(_ update: inout [UInt8], by elapsed: Milliseconds) {
    for record in stride(from: headerSize, to: update.count, by: SyncRecord.size) {
      let field = record + Packed36.expirationOffset..<record + Packed36.expirationOffset + 4
      let left = update[field].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      let aged = left > elapsed.rawValue ? left - elapsed.rawValue : 0
      for (offset, index) in field.enumerated() { update[index] = UInt8(truncatingIfNeeded: aged >> (24 - 8 * offset)) }
    }
  }
}

extension SyncFrame.Pull {
  /// The size in bytes of the body before the set of buckets and the missing frames.
  static let fixedSize = 16

  /// The flag that a set of buckets follows.
  static let hasBuckets: UInt32 = 1

  fileprivate func encode(into writer: inout ByteWriter) {
    for number in [transfer, next, window, buckets == nil ? 0 : Self.hasBuckets] { writer.appendBigEndian(number) }
    if let buckets { writer.append(contentsOf: buckets.bytes) }
    for frame in missing { writer.appendBigEndian(frame) }
  }
}

extension ByteWriter {
  mutating func append(records: [SyncRecord]) {
    for record in records {
      Packed36.encode(record.session, into: &self)
      appendBigEndian(record.version.rawValue)
    }
  }
}
