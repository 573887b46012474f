internal import Glibc

/// The system's clock.
enum TimeOfDay {
  /// The time since 1970 in milliseconds.
  static var milliseconds: UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return UInt64(max(0, Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000))
  }
}
