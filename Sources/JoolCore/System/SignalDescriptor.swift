internal import CLinux
internal import Glibc
package import SystemPackage

/// A descriptor for signals, for programs that wait for them with poll(2) instead of handlers.
///
/// The signals are blocked in the calling thread and in those that it starts afterwards. Create this before any other
/// thread, because a signal to the process is delivered to a thread that does not block it.
package struct SignalDescriptor: ~Copyable {
  private let owned: OwnedDescriptor

  /// Blocks the signals and opens a non-blocking descriptor for them.
  /// - Throws: The error of `pthread_sigmask` or `signalfd`.
  package init(_ signals: [Int32]) throws(Errno) {
    var set = sigset_t()
    sigemptyset(&set)
    for signal in signals { sigaddset(&set, signal) }
    let code = pthread_sigmask(SIG_BLOCK, &set, nil)
    guard code == 0 else { throw Errno(rawValue: code) }
    guard let owned = OwnedDescriptor(signalfd(-1, &set, Int32(SFD_NONBLOCK | SFD_CLOEXEC))) else {
      throw .current
    }
    self.owned = owned
  }

  /// The descriptor for poll(2).
  ///
  /// It remains owned by this value.
  package var descriptor: Int32 { owned.rawValue }

  /// The number of the next pending signal, or `nil` if none is pending.
  ///
  /// Does not block.
  package func next() -> Int32? {
    var info = signalfd_siginfo()
    let size = MemoryLayout<signalfd_siginfo>.size
    return read(descriptor, &info, size) == size ? Int32(bitPattern: info.ssi_signo) : nil
  }
}
