/// Comparing tables; how digests are made is on `SessionDigest`.
extension SessionTable {
  /// Buckets are numbered from 0 to 4095.
  public static let bucketCount = SessionDigest.bucketCount

  /// Which sessions, with which source4, state and timer, are in a bucket; 0 if none is, or there is no such bucket.
  public func digest(of bucket: Int) -> UInt64 { digests.indices.contains(bucket) ? digests[bucket] : 0 }

  /// The same for the whole table. Takes some microseconds.
  public var rootDigest: UInt64 { SessionDigest.root(digests) }

  /// Puts a session into the digest of its bucket, or takes it out.
  mutating func toggleDigest(of row: SessionRow) {
    let identity = SessionDigest.identity(row)
    digests[SessionDigest.bucket(ofIdentity: identity)] ^= SessionDigest.digest(row, identity: identity)
  }
}
