internal import CLinux
internal import Glibc
package import JoolSession

extension SnapshotMoment {
  /// The present time by the machine's clocks.
  package static var now: SnapshotMoment {
    var time = timespec()
    clock_gettime(CLOCK_BOOTTIME, &time)
    return SnapshotMoment(
      timeOfDay: TimeOfDay.milliseconds, sinceStart: UInt64(time.tv_sec) * 1000 + UInt64(time.tv_nsec) / 1_000_000,
      start: machineStart)
  }

  /// The number that the kernel has drawn at the machine's start; 0 if it cannot be read.
  private static let machineStart: UInt128 = {
    let digits = ProcFiles.lines(of: "/proc/sys/kernel/random/boot_id").first?.filter { $0 != "-" }
    return digits.flatMap { UInt128($0, radix: 16) } ?? 0
  }()
}
