internal import Crypto
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
    var hash = SHA256()
    for word in random { hash.add(word) }
    for word in [realtime, boottime, UInt64(UInt32(bitPattern: process)), start, counter] { hash.add(word) }
    return hash.finalize().withUnsafeBytes { UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self)) }
  }
}

extension SHA256 {
  fileprivate mutating func add(_ word: UInt64) {
    withUnsafeBytes(of: word.bigEndian) { update(bufferPointer: $0) }
  }
}
