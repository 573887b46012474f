internal import CSodium
internal import JoolCore

/// Makes the mix of a seal.
///
/// A copy of the process has the same memory, the seal's start and counter included. So a batch of frames is sealed
/// with a mix of values that no copy reads again, drawn once the frames are final. A copy made before the draw draws
/// another mix. A copy made after it seals the same bytes to the same datagrams. So no two different frames share key
/// and nonce.
extension ProcessMoment {
  /// Reads the present moment of this process.
  typealias Source = @Sendable () -> ProcessMoment

  /// The first eight bytes of the SHA-256 of all values of this moment, and of start and counter.
  /// - `start`: the start of the seal.
  /// - `counter`: the counter of the batch's first datagram.
  func mix(start: UInt64, counter: UInt64) -> UInt64 {
    var input = ByteWriter(capacity: (random.count + 5) * 8)
    for word in random { input.appendBigEndian(word) }
    for word in [realtime, boottime, UInt64(UInt32(bitPattern: process)), start, counter] { input.appendBigEndian(word) }
    var hash = [UInt8](repeating: 0, count: crypto_hash_sha256_bytes())
    crypto_hash_sha256(&hash, input.bytes, UInt64(input.bytes.count))
    return hash.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }
}
