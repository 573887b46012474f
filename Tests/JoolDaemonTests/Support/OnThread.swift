import Dispatch
import Synchronization

/// Work on a thread of its own, for calls that block until the test answers them.
final class OnThread<Value: Sendable>: Sendable {
  private let value = Mutex<Value?>(nil)
  private let isDone = DispatchSemaphore(value: 0)

  init(_ work: @escaping @Sendable () -> Value) {
    DispatchQueue(label: "test").async { [self] in
      let result = work()
      value.withLock { $0 = result }
      isDone.signal()
    }
  }

  /// The result.
  ///
  /// `nil` if the work takes more than a minute.
  func wait() -> Value? {
    guard isDone.wait(timeout: .now() + 60) == .success else { return nil }
    return value.withLock { $0 }
  }
}
