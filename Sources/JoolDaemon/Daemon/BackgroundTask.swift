internal import Glibc
internal import Synchronization

/// Work that may block for long.
///
/// It runs once, on its own thread beside an event loop.
final class BackgroundTask<Value: Sendable>: Sendable {
  /// The descriptor on which poll(2) reports a hang-up when the result is available.
  let descriptor: Int32
  private let value = Mutex<Value?>(nil)

  /// Starts the work at once.
  ///
  /// Signals that the caller has blocked are blocked in the thread, too.
  /// - Returns: `nil` if the system provides no thread or descriptor, or if too many of these threads are running.
  init?(_ work: @escaping @Sendable () -> Value) {
    var ends: (reader: Int32, writer: Int32) = (-1, -1)
    let isOpen = withUnsafeMutablePointer(to: &ends) { pointer in
      pointer.withMemoryRebound(to: Int32.self, capacity: 2) { pipe($0) } == 0
    }
    guard isOpen else { return nil }
    for end in [ends.reader, ends.writer] { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    descriptor = ends.reader
    let writer = ends.writer
    let isStarted = BackgroundThread.start { [self] in
      let result = work()
      value.withLock { $0 = result }
    } atEnd: {
      // Then poll(2) reports the hang-up on the reading end.
      close(writer)
    }
    guard isStarted else {
      close(writer)
      return nil
    }
  }

  deinit { close(descriptor) }

  /// The result of the work.
  ///
  /// `nil` while it runs. Does not block.
  var result: Value? { value.withLock { $0 } }
}

/// A thread that ends with its work, or with the process.
private final class BackgroundThread: Sendable {
  /// The maximum number of threads.
  ///
  /// A limit is needed because a resolver that does not answer occupies a thread for up to a minute, and SIGHUP may
  /// arrive every second.
  private static let limit = 8
  private static let count = Mutex(0)

  private let work: @Sendable () -> Void
  private let atEnd: @Sendable () -> Void

  private init(_ work: @escaping @Sendable () -> Void, atEnd: @escaping @Sendable () -> Void) {
    self.work = work
    self.atEnd = atEnd
  }

  /// Starts a thread.
  ///
  /// Returns whether a thread was started.
  /// - `atEnd`: called after the work, when the thread no longer counts toward `limit`.
  static func start(_ work: @escaping @Sendable () -> Void, atEnd: @escaping @Sendable () -> Void) -> Bool {
    let isAdmitted = count.withLock { count in
      guard count < limit else { return false }
      count += 1
      return true
    }
    guard isAdmitted else { return false }
    var thread = pthread_t()
    let job = Unmanaged.passRetained(BackgroundThread(work, atEnd: atEnd))
    let status = pthread_create(
      &thread, nil,
      { argument in
        if let argument { Unmanaged<BackgroundThread>.fromOpaque(argument).takeRetainedValue().run() }
        return nil
      }, job.toOpaque())
    guard status == 0 else {
      job.release()
      count.withLock { $0 -= 1 }
      return false
    }
    pthread_detach(thread)
    return true
  }

  private func run() {
    work()
    Self.count.withLock { $0 -= 1 }
    atEnd()
  }
}
