internal import Crypto
internal import Glibc

/// What distinguishes a process from its copies: a virtual machine that was cloned or set back to a snapshot, a fork.
///
/// All of a copy's memory is the same, the seal's start and counter included. A batch of frames is sealed with a mix of what
/// no copy reads again, drawn once the frames are final. A copy made before that draws another mix; one made after it
/// seals the same bytes to the same datagrams. So no two different frames share key and nonce.
struct SealFreshness: Sendable {
  typealias Source = @Sendable () -> SealFreshness

  /// From the kernel, whose generator is told of a cloned machine (vmgenid) if the hypervisor can.
  var random: [UInt64]
  /// Nanoseconds since 1970, which go on while a copy lies on a disk.
  var realtime: UInt64
  /// Nanoseconds since the machine's start.
  var boottime: UInt64
  /// The number of the process.
  var process: Int32

  /// What this process reads now.
  static let system: Source = {
    SealFreshness(
      random: systemRandom(), realtime: nanoseconds(CLOCK_REALTIME), boottime: nanoseconds(CLOCK_BOOTTIME),
      process: getpid())
  }

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

  /// 32 bytes.
  private static func systemRandom() -> [UInt64] {
    var words = [UInt64](repeating: 0, count: 4)
    let isFilled = words.withUnsafeMutableBytes { getentropy($0.baseAddress, $0.count) == 0 }
    guard !isFilled else { return words }
    // The kernel is older than getrandom(2).
    var random = SystemRandomNumberGenerator()
    return words.map { _ in random.next() }
  }

  private static func nanoseconds(_ clock: clockid_t) -> UInt64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return UInt64(bitPattern: Int64(time.tv_sec)) &* 1_000_000_000 &+ UInt64(bitPattern: Int64(time.tv_nsec))
  }
}

extension SHA256 {
  fileprivate mutating func add(_ word: UInt64) {
    withUnsafeBytes(of: word.bigEndian) { update(bufferPointer: $0) }
  }
}
