internal import Glibc
public import SystemPackage

/// A file descriptor with exactly one owner, which closes it.
public struct OwnedDescriptor: ~Copyable {
  public let rawValue: Int32

  /// Takes a descriptor over. `nil` for the -1 of a failed call; `errno` says why.
  public init?(_ descriptor: Int32) {
    guard descriptor >= 0 else { return nil }
    rawValue = descriptor
  }

  deinit { close(rawValue) }
}

extension Errno {
  /// The calling thread's `errno`.
  public static var current: Errno { Errno(rawValue: errno) }
}
