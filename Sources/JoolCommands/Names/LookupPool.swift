import Dispatch
import JoolCore
import Synchronization

/// A pool of threads that look up the names of addresses.
///
/// A thread ends some time after its work, or with the process.
final class LookupPool: Sendable {
  private struct State {
    var waiting: [AnyIPAddress] = []
    var answers: [(AnyIPAddress, HostLookup)] = []
    /// The queues that have no work.
    ///
    /// Each queue has a thread of its own while it works, because a look-up may block for seconds; a concurrent queue
    /// would have as many threads as the machine has processors.
    var idle = (0..<NameResolver.threadLimit).map { _ in DispatchQueue(label: "look-up") }
  }

  private let lookup: @Sendable (AnyIPAddress) -> HostLookup
  private let state = Mutex(State())
  /// Is signalled for each answer.
  private let arrivals = DispatchSemaphore(value: 0)

  init(lookup: @escaping @Sendable (AnyIPAddress) -> HostLookup) { self.lookup = lookup }

  /// Starts to look up these addresses.
  ///
  /// Does not block.
  func start(_ addresses: [AnyIPAddress]) {
    let queues = state.withLock { state in
      state.waiting += addresses
      let queues = state.idle.suffix(addresses.count)
      state.idle.removeLast(queues.count)
      return queues
    }
    for queue in queues { queue.async { [self] in work(on: queue) } }
  }

  /// Removes the addresses whose look-up did not start yet.
  func cancel() { state.withLock { $0.waiting.removeAll() } }

  /// The answers that have arrived.
  ///
  /// If there are none, blocks until the first arrives. Empty if none arrives in time.
  func answers(within patience: Duration) -> [(AnyIPAddress, HostLookup)] {
    let deadline = DispatchTime.now() + patience / .seconds(1)
    repeat {
      let answers = state.withLock { state in
        defer { state.answers.removeAll() }
        return state.answers
      }
      if !answers.isEmpty { return answers }
    } while arrivals.wait(timeout: deadline) == .success
    return []
  }

  private func work(on queue: DispatchQueue) {
    while let address = next(on: queue) {
      let result = lookup(address)
      state.withLock { $0.answers.append((address, result)) }
      arrivals.signal()
    }
  }

  /// The next address.
  ///
  /// If none is left, the queue is idle.
  private func next(on queue: DispatchQueue) -> AnyIPAddress? {
    state.withLock { state in
      if let address = state.waiting.popLast() { return address }
      state.idle.append(queue)
      return nil
    }
  }
}
