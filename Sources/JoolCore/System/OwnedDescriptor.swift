internal import Glibc
package import SystemPackage

/// A file descriptor with exactly one owner.
///
/// It is closed when its owner is destroyed.
package struct OwnedDescriptor: ~Copyable {
  /// The number of the descriptor.
  package let rawValue: Int32

  /// Takes ownership of a descriptor.
  ///
  /// `nil` for the -1 of a failed call, whose reason is in `errno`.
  package init?(_ descriptor: Int32) {
    guard descriptor >= 0 else { return nil }
    rawValue = descriptor
  }

  deinit { close(rawValue) }
}

extension Errno {
  /// The calling thread's `errno`.
  package static var current: Errno { Errno(rawValue: errno) }
}
