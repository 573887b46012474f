/// Comparing tables; how digests are made is on `SessionDigest`.
extension SessionTable {
  /// Buckets are numbered from 0 to 4095.
  public static let bucketCount = SessionDigest.bucketCount

  /// Which sessions, with which source4, state and timer, are in a bucket; 0 if none is, or there is no such bucket.
  public func digest(of bucket: Int) -> UInt64 { digests.indices.contains(bucket) ? digests[bucket] : 0 }

  /// Puts a session into the digest of its bucket, or takes it out.
  mutating func toggleDigest(of row: SessionRow) {
    let identity = SessionDigest.identity(row)
    let bucket = SessionDigest.bucket(ofIdentity: identity)
    let old = digests[bucket]
    let new = old ^ SessionDigest.digest(row, identity: identity)
    digests[bucket] = new
    rootDigest ^= SessionDigest.rootTerm(ofBucket: bucket, digest: old)
    rootDigest ^= SessionDigest.rootTerm(ofBucket: bucket, digest: new)
  }
}
