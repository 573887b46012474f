import Glibc
import Synchronization

/// A pool of threads that look up the names of addresses. The threads end when there is nothing to do, and with the
/// process.
final class LookupPool: Sendable {
  private struct State {
    var waiting: [HostAddress] = []
    var answers: [(HostAddress, HostLookup)] = []
    var threads = 0
  }

  private let lookup: @Sendable (HostAddress) -> HostLookup
  private let state = Mutex(State())
  /// The reading end of a pipe, at which a byte arrives for each answer. Negative if there is no pipe; then
  /// `answers(within:)` does not wait.
  private let reader: Int32
  private let writer: Int32

  init(lookup: @escaping @Sendable (HostAddress) -> HostLookup) {
    self.lookup = lookup
    var ends: (Int32, Int32) = (-1, -1)
    withUnsafeMutablePointer(to: &ends) { pointer in
      pointer.withMemoryRebound(to: Int32.self, capacity: 2) { _ = pipe($0) }
    }
    for end in [ends.0, ends.1] where end >= 0 { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
    (reader, writer) = ends
  }

  deinit {
    close(reader)
    close(writer)
  }

  /// Starts to look up these addresses. Does not block.
  func start(_ addresses: [HostAddress]) {
    let newThreads = state.withLock { state in
      state.waiting += addresses
      let wanted = min(NameResolver.threadLimit, addresses.count) - state.threads
      state.threads += max(0, wanted)
      return max(0, wanted)
    }
    for _ in 0..<newThreads where !startThread() { state.withLock { $0.threads -= 1 } }
  }

  /// Removes the addresses whose look-up did not start yet.
  func cancel() { state.withLock { $0.waiting.removeAll() } }

  /// The answers that have arrived. If there are none, blocks until the first arrives. Empty if none arrives in time.
  func answers(within patience: Duration) -> [(HostAddress, HostLookup)] {
    let deadline = ContinuousClock.now + patience
    while true {
      let answers = state.withLock { state in
        defer { state.answers.removeAll() }
        return state.answers
      }
      if !answers.isEmpty { return answers }
      let left = ContinuousClock.now.duration(to: deadline)
      guard left > .zero, reader >= 0 else { return [] }
      waitForAnswer(left)
    }
  }

  private func waitForAnswer(_ left: Duration) {
    let milliseconds = left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000 + 1
    var descriptor = pollfd(fd: reader, events: Int16(POLLIN), revents: 0)
    guard poll(&descriptor, 1, Int32(clamping: milliseconds)) > 0 else { return }
    withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) { _ = read(reader, $0.baseAddress, $0.count) }
  }

  private func startThread() -> Bool {
    var thread = pthread_t()
    let pool = Unmanaged.passRetained(self)
    let status = pthread_create(
      &thread, nil,
      { argument in
        if let argument { Unmanaged<LookupPool>.fromOpaque(argument).takeRetainedValue().work() }
        return nil
      }, pool.toOpaque())
    guard status == 0 else {
      pool.release()
      return false
    }
    pthread_detach(thread)
    return true
  }

  private func work() {
    while let address = next() {
      let result = lookup(address)
      state.withLock { $0.answers.append((address, result)) }
      var byte: UInt8 = 0
      _ = write(writer, &byte, 1)
    }
  }

  /// The next address. If none is left, the calling thread must end.
  private func next() -> HostAddress? {
    state.withLock { state in
      if let address = state.waiting.popLast() { return address }
      state.threads -= 1
      return nil
    }
  }
}
