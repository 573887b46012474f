internal import CLinux
internal import Glibc
internal import JoolCore
internal import JoolSession

/// A received datagram.
struct ReceivedDatagram {
  /// The size of its payload on the wire, in bytes.
  let length: Int
  /// The sender's address.
  ///
  /// IPv4 addresses are mapped (`::ffff:192.0.2.1`).
  let source: IPv6Address
  /// The interface index of a link-local source; 0 for other sources.
  let scope: UInt32
  /// The time that the datagram waited in the socket's buffer, because the proxy was stopped or busy.
  let waited: TimeAmount

  /// Converts a datagram that the kernel has delivered.
  /// - `wall`: the time of the reading, from `wallClock`.
  init(_ datagram: clinux_datagram, wall: Int64) {
    length = datagram.length
    scope = datagram.scope
    source = IPv6Address(
      bits: withUnsafeBytes(of: datagram.source) { UInt128(bigEndian: $0.loadUnaligned(as: UInt128.self)) })
    waited = Self.waited(since: datagram.stamp, until: wall)
  }

  /// The time since 1970 in nanoseconds, by the clock of the kernel's stamps.
  static var wallClock: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
  }

  /// The time between the stamp and the reading; zero if the clock was set back meanwhile.
  ///
  /// If the clock was set forward, the result is too long. Then the datagram counts as outdated, and peers are asked
  /// for its contents again.
  /// - `stamp`: 0 if the datagram has none.
  static func waited(since stamp: Int64, until wall: Int64) -> TimeAmount {
    guard stamp > 0, wall > stamp else { return .zero }
    return .nanoseconds(wall - stamp)
  }
}
