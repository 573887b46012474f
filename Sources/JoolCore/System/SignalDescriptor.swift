internal import CLinux
internal import Glibc
public import SystemPackage

/// Signals as something to poll(2) instead of handlers: they are blocked and read from a descriptor.
///
/// The signals are blocked in the calling thread and in those that it starts afterwards, so make one before any other
/// thread: a signal to the process goes to a thread that does not block it.
public struct SignalDescriptor: ~Copyable {
  private let owned: OwnedDescriptor

  /// - Throws: what `pthread_sigmask` or `signalfd` fails with.
  public init(_ signals: [Int32]) throws(Errno) {
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

  public var descriptor: Int32 { owned.rawValue }

  /// The number of a signal that came, or `nil`.
  public func next() -> Int32? {
    var info = signalfd_siginfo()
    let size = MemoryLayout<signalfd_siginfo>.size
    return read(descriptor, &info, size) == size ? Int32(bitPattern: info.ssi_signo) : nil
  }
}
