internal import Glibc
internal import JoolCore
internal import JoolSession
internal import SystemPackage

/// One poll(2) call: finds the descriptors that have input, or room for output.
public struct Poller {
  private var requests: [pollfd] = []

  mutating func watch(_ descriptor: Int32, forOutput: Bool = false) {
    requests.append(pollfd(fd: descriptor, events: Int16(POLLIN) | (forOutput ? Int16(POLLOUT) : 0), revents: 0))
  }

  /// Blocks until a descriptor is ready or `deadline` has passed.
  ///
  /// With `nil` there is no time limit. A signal may end it earlier.
  /// - Parameters:
  ///   - deadline: the time at which it ends at the latest.
  ///   - now: the present time.
  /// - Throws: the error of poll(2).
  mutating func wait(until deadline: Instant?, from now: Instant = .now) throws(Errno) {
    // Rounded up, because rounding down would cause a busy loop during the last millisecond.
    let timeout = deadline.map { deadline in
      Int32(clamping: (max(.zero, deadline - now) + .nanoseconds(999_999)).milliseconds)
    }
    guard poll(&requests, nfds_t(requests.count), timeout ?? -1) < 0, Errno.current != .interrupted else { return }
    throw .current
  }

  /// Whether a descriptor has input, an error or a hang-up.
  ///
  /// Reading from it shows which.
  func hasInput(_ descriptor: Int32) -> Bool { events(of: descriptor) & ~Int16(POLLOUT) != 0 }

  private func events(of descriptor: Int32) -> Int16 { requests.first { $0.fd == descriptor }?.revents ?? 0 }
}
