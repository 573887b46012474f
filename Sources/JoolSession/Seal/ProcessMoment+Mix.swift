internal import Crypto
internal import JoolCore

/// All of a copy's memory is the same, the seal's start and counter included. So a batch of frames is sealed with a mix of
/// what no copy reads again, drawn once the frames are final. A copy made before that draws another mix; one made after
/// it seals the same bytes to the same datagrams. So no two different frames share key and nonce.
extension ProcessMoment {
  /// Reads the present one.
  typealias Source = @Sendable () -> ProcessMoment

  /// The first eight bytes of the SHA-256 of it all.
  /// - Parameters:
  ///   - start: of the seal.
  ///   - counter: of the batch's first datagram.
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
