internal import Glibc

/// What distinguishes a process from its copies: a virtual machine that was cloned or set back to a snapshot, a fork.
package struct ProcessMoment: Sendable {
  /// 32 bytes from the kernel, whose generator is told of a cloned machine (vmgenid) if the hypervisor can.
  package var random: [UInt64]
  /// Nanoseconds since 1970, which go on while a copy lies on a disk.
  package var realtime: UInt64
  /// Nanoseconds since the machine's start.
  package var boottime: UInt64
  /// The number of the process.
  package var process: Int32

  package init(random: [UInt64], realtime: UInt64, boottime: UInt64, process: Int32) {
    self.random = random
    self.realtime = realtime
    self.boottime = boottime
    self.process = process
  }

  /// The present one of this process. Does not block.
  package static func now() -> ProcessMoment {
    ProcessMoment(
      random: systemRandom(), realtime: nanoseconds(CLOCK_REALTIME), boottime: nanoseconds(CLOCK_BOOTTIME),
      process: getpid())
  }

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
