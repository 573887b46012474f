/// A set of buckets out of the 4,096 of a table.
///
/// Bucket n is bit n % 8, the least significant first, of byte n / 8.
struct BucketSet: Hashable, Sendable {
  static let size = SessionDigest.bucketCount / 8

  private(set) var bytes: [UInt8]

  init() { bytes = Array(repeating: 0, count: Self.size) }

  /// Decodes a set.
  ///
  /// - Returns: `nil` if there are not `size` bytes.
  init?(bytes: [UInt8]) {
    guard bytes.count == Self.size else { return nil }
    self.bytes = bytes
  }

  var isEmpty: Bool { bytes.allSatisfy { $0 == 0 } }

  var count: Int { bytes.reduce(0) { $0 + $1.nonzeroBitCount } }

  func contains(_ bucket: Int) -> Bool {
    0..<SessionDigest.bucketCount ~= bucket && bytes[bucket / 8] >> (bucket % 8) & 1 == 1
  }

  /// Adds a bucket.
  ///
  /// A number that is no bucket's is ignored.
  mutating func insert(_ bucket: Int) {
    guard 0..<SessionDigest.bucketCount ~= bucket else { return }
    bytes[bucket / 8] |= 1 << (bucket % 8)
  }
}
