/// The digests by which two tables find where they differ: 4096 buckets, each the XOR of its sessions' digests.
///
/// Digests are the same on every machine, in every process and release, so that peers can compare them. These words of
/// a session count, most significant bits first:
///
///     w0  source6, its first 8 bytes        w1  source6, its last 8 bytes
///     w2  destination4 (32), source6 port (16), destination4 port (16)
///     w3  protocol (64): 0 TCP, 1 UDP, 2 ICMP
///     w4  source4 (32), source4 port (16), zero (11), TCP state (3), timer (2)
///     w5  version
///
///     mix(h, w)  x = h ^ w;  x ^= x >> 33;  x *= 0xff51afd7ed558ccd;  x ^= x >> 33;  x *= 0xc4ceb9fe1a85ec53;
///                x ^= x >> 33
///                (the 64-bit finalizer of MurmurHash3)
///     identity   mix(mix(mix(mix(0x4a6f6f6c36346462, w0), w1), w2), w3)
///     bucket     the highest 12 bits of identity
///     digest     mix(mix(identity, w4), w5)
///     root       XOR of mix(mix(0x4a6f6f6c36346462, bucket), digest) over the buckets whose digest is not 0
///
/// Expirations do not count, because they always differ by some milliseconds. Versions do, so that a lost refresh is
/// noticed: nodes with the same versions have the same expirations. The digest of an empty bucket is 0. Digests find
/// accidents, not attacks: anybody who may add sessions can make digests equal.
enum SessionDigest {
  static let bucketCount = 4096
  private static let start: UInt64 = 0x4a6f_6f6c_3634_6462

  @inline(__always)
  static func identity(_ row: SessionRow) -> UInt64 {
    let destination = UInt64(row.destination4) << 32 | UInt64(row.port6) << 16 | UInt64(row.destinationPort)
    let address = mix(mix(start, row.source6High), row.source6Low)
    return mix(mix(address, destination), UInt64(row.protoBits))
  }

  @inline(__always)
  static func bucket(ofIdentity identity: UInt64) -> Int { Int(truncatingIfNeeded: identity >> 52) }

  /// The digest of everything but the version.
  @inline(__always)
  static func content(_ row: SessionRow, identity: UInt64) -> UInt64 {
    mix(identity, UInt64(row.source4) << 32 | UInt64(row.port4) << 16 | UInt64(row.stateAndTimer))
  }

  @inline(__always)
  static func digest(_ row: SessionRow, identity: UInt64) -> UInt64 {
    mix(content(row, identity: identity), row.version.rawValue)
  }

  /// The term that a bucket adds to the root.
  ///
  /// The terms are combined by XOR, so that a change of one bucket changes only its own term.
  static func rootTerm(ofBucket bucket: Int, digest: UInt64) -> UInt64 {
    digest == 0 ? 0 : mix(mix(start, UInt64(truncatingIfNeeded: bucket)), digest)
  }

  @inline(__always)
  private static func mix(_ hash: UInt64, _ word: UInt64) -> UInt64 {
    var bits = hash ^ word
    bits ^= bits >> 33
    bits = bits &* 0xff51_afd7_ed55_8ccd
    bits ^= bits >> 33
    bits = bits &* 0xc4ce_b9fe_1a85_ec53
    return bits ^ bits >> 33
  }
}
