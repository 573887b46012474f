internal import CLinux
internal import Glibc
internal import JoolCore
internal import JoolSession

/// A datagram that arrived.
struct Arrival {
  /// Its size on the wire.
  let length: Int
  /// IPv4 addresses are mapped.
  let source: IPv6Address
  /// The interface of a link-local source; 0 for others.
  let scope: UInt32
  /// How long it was in the socket's buffer: the proxy may have been stopped, or busy.
  let waited: Duration

  /// - Parameter wall: the time of the reading, as `wallClock` says it.
  init(_ datagram: clinux_datagram, wall: Int64) {
    length = datagram.length
    scope = datagram.scope
    source = IPv6Address(
      bits: withUnsafeBytes(of: datagram.source) { UInt128(bigEndian: $0.loadUnaligned(as: UInt128.self)) })
    waited = Self.waited(since: datagram.stamp, until: wall)
  }

  /// Nanoseconds since 1970, the clock of the kernel's stamps.
  static var wallClock: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
  }

  /// A clock that was set back meanwhile says nothing. One that was set forward makes what waited too old: peers are asked
  /// for it again.
  /// - Parameter stamp: 0 if there is none.
  static func waited(since stamp: Int64, until wall: Int64) -> Duration {
    guard stamp > 0, wall > stamp else { return .zero }
    return .nanoseconds(wall - stamp)
  }
}
