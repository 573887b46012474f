internal import Glibc
internal import JoolCore
internal import JoolSession
internal import SystemPackage

/// One poll(2): which descriptors have input, or room for output.
struct Poller {
  private var requests: [pollfd] = []

  mutating func watch(_ descriptor: Int32, forOutput: Bool = false) {
    requests.append(pollfd(fd: descriptor, events: Int16(POLLIN) | (forOutput ? Int16(POLLOUT) : 0), revents: 0))
  }

  /// Waits until something is ready or `deadline` has come. `nil`: for ever.
  mutating func wait(until deadline: Instant?) throws(Errno) {
    // Rounded up, so as not to spin through the last millisecond.
    let timeout = deadline.map { deadline -> Int32 in
      let left = max(.zero, Instant.now.duration(to: deadline))
      let milliseconds =
        left.components.seconds * 1000 + (left.components.attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
      return Int32(clamping: milliseconds)
    }
    guard poll(&requests, nfds_t(requests.count), timeout ?? -1) < 0, Errno.current != .interrupted else { return }
    throw .current
  }

  /// Input, an error or a hang-up: reading tells which.
  func hasInput(_ descriptor: Int32) -> Bool { events(of: descriptor) & ~Int16(POLLOUT) != 0 }

  private func events(of descriptor: Int32) -> Int16 { requests.first { $0.fd == descriptor }?.revents ?? 0 }
}
