internal import CLinux
internal import Glibc
internal import JoolCore
internal import SystemPackage

/// Something that happens once, for poll(2): the descriptor has input from then on.
final class EventDescriptor: Sendable {
  let descriptor: Int32

  /// - Throws: the error of eventfd(2), for example because the process has too many descriptors.
  init() throws(Errno) {
    descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
    guard descriptor >= 0 else { throw .current }
  }

  deinit { close(descriptor) }

  /// Reports that it has happened.
  ///
  /// Further calls have no effect. Does not block.
  func signal() { _ = eventfd_write(descriptor, 1) }
}
