/// Comparing tables; how digests are made is on `SessionDigest`.
extension SessionTable {
  /// Buckets are numbered from 0 to 4095.
  public static let bucketCount = SessionDigest.bucketCount

  /// Which sessions, with which source4, state, timer and version, are in a bucket; 0 if none is, or there is no such
  /// bucket.
  public func digest(of bucket: Int) -> UInt64 { digests.indices.contains(bucket) ? digests[bucket] : 0 }

  /// The session that a handle stands for, with its source4, state and timer, as a number that no other one has; `nil`
  /// if it is gone.
  func content(at handle: SessionHandle) -> UInt64? {
    guard handle.number < rows.endIndex, !rows[handle.number].isFree else { return nil }
    let row = rows[handle.number]
    return SessionDigest.content(row, identity: SessionDigest.identity(row))
  }

  /// Puts a session into the digest of its bucket, or takes it out.
  mutating func toggleDigest(of row: SessionRow) {
    let identity = SessionDigest.identity(row)
    toggleDigest(SessionDigest.digest(row, identity: identity), ofIdentity: identity)
  }

  /// Expects that both are the same session.
  mutating func replaceDigest(of old: SessionRow, by new: SessionRow) {
    let identity = SessionDigest.identity(new)
    let change = SessionDigest.digest(old, identity: identity) ^ SessionDigest.digest(new, identity: identity)
    toggleDigest(change, ofIdentity: identity)
  }

  @inline(__always)
  private mutating func toggleDigest(_ change: UInt64, ofIdentity identity: UInt64) {
    let bucket = SessionDigest.bucket(ofIdentity: identity)
    let old = digests[bucket]
    let new = old ^ change
    digests[bucket] = new
    rootDigest ^= SessionDigest.rootTerm(ofBucket: bucket, digest: old)
    rootDigest ^= SessionDigest.rootTerm(ofBucket: bucket, digest: new)
  }
}
