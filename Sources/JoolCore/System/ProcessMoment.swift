internal import Glibc

/// The values that differ between a process and its copies: a virtual machine that was cloned or restored from a
/// snapshot, or a fork.
package struct ProcessMoment: Sendable {
  /// Four random integers (32 bytes) from the kernel.
  ///
  /// If the hypervisor supports vmgenid, the kernel's generator is notified that the machine was cloned.
  package var random: [UInt64]
  /// The time of day in nanoseconds since 1970.
  ///
  /// It advances while a snapshot is stored on a disk.
  package var realtime: UInt64
  /// The time since the machine started, in nanoseconds.
  package var boottime: UInt64
  /// The process ID.
  package var process: Int32

  /// Creates a moment from its values.
  package init(random: [UInt64], realtime: UInt64, boottime: UInt64, process: Int32) {
    self.random = random
    self.realtime = realtime
    self.boottime = boottime
    self.process = process
  }

  /// The present moment of this process.
  ///
  /// Does not block.
  package static func now() -> ProcessMoment {
    ProcessMoment(
      random: systemRandom(), realtime: nanoseconds(CLOCK_REALTIME), boottime: nanoseconds(CLOCK_BOOTTIME),
      process: getpid())
  }

  private static func systemRandom() -> [UInt64] {
    var words = [UInt64](repeating: 0, count: 4)
    let isFilled = words.withUnsafeMutableBytes { getentropy($0.baseAddress, $0.count) == 0 }
    guard !isFilled else { return words }
    // getentropy(3) fails if the kernel is older than getrandom(2).
    var random = SystemRandomNumberGenerator()
    return words.map { _ in random.next() }
  }

  private static func nanoseconds(_ clock: clockid_t) -> UInt64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return UInt64(bitPattern: Int64(time.tv_sec)) &* 1_000_000_000 &+ UInt64(bitPattern: Int64(time.tv_nsec))
  }
}
