/// Digests for the comparison of tables. `SessionDigest` documents how they are made.
extension SessionTable {
  /// The number of buckets, 4096.
  ///
  /// They are numbered from 0.
  package static let bucketCount = SessionDigest.bucketCount

  /// The digest of the sessions in a bucket, with their source4, state, timer and version.
  ///
  /// 0 if the bucket is empty or does not exist.
  package func digest(of bucket: Int) -> UInt64 { digests.indices.contains(bucket) ? digests[bucket] : 0 }

  /// A hash of the session that a handle stands for, with its source4, state and timer.
  ///
  /// It changes when any of these changes, and when the handle stands for another session. `nil` if the session no
  /// longer exists.
  func content(at handle: SessionHandle) -> UInt64? {
    guard handle.number < rows.endIndex, !rows[handle.number].isFree else { return nil }
    let row = rows[handle.number]
    return SessionDigest.content(row, identity: SessionDigest.identity(row))
  }

  /// Adds a session to the digest of its bucket, or removes it.
  mutating func toggleDigest(of row: SessionRow) {
    let identity = SessionDigest.identity(row)
    toggleDigest(SessionDigest.digest(row, identity: identity), ofIdentity: identity)
  }

  /// Replaces a session in the digest of its bucket.
  ///
  /// Expects that both rows are the same session.
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
