internal import Dispatch
internal import SystemPackage
internal import Synchronization

/// Work that may block for long.
///
/// It runs once, on a thread of its own beside an event loop, and ends with the process at the latest.
final class BackgroundTask<Value: Sendable>: Sendable {
  private let value = Mutex<Value?>(nil)
  private let isDone: EventDescriptor

  /// Starts the work at once.
  ///
  /// Its thread receives none of the signals that end or reload the proxy, because Dispatch blocks them.
  /// - Returns: `nil` if the system provides no descriptor, or if too much of such work is running.
  init?(_ work: @escaping @Sendable () -> Value) {
    guard let isDone = try? EventDescriptor(), slots.wait(timeout: .now()) == .success else { return nil }
    self.isDone = isDone
    // A queue has a thread of its own while it works. A concurrent queue has as many as the machine has processors.
    DispatchQueue(label: "background").async { [self] in
      let result = work()
      value.withLock { $0 = result }
      slots.signal()
      isDone.signal()
    }
  }

  /// The descriptor that has input when the result is available.
  var descriptor: Int32 { isDone.descriptor }

  /// The result of the work.
  ///
  /// `nil` while it runs. Does not block.
  var result: Value? { value.withLock { $0 } }
}

/// Limits the number of threads, because a resolver that does not answer occupies one for up to a minute, and SIGHUP may
/// arrive every second.
private let slots = DispatchSemaphore(value: 8)
