import Glibc

/// The descriptors 0 to 2, which every program uses as its standard streams.
enum StandardDescriptors {
  /// Opens those that are closed.
  ///
  /// Otherwise a file or socket could get one of these numbers, and text for a standard stream would be written to it.
  ///
  /// They are opened for the wrong direction, so that reading or writing them still fails as if they were closed.
  static func reserve() {
    // open(2) returns the lowest free number.
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
      if open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0 { _ = open("/", O_RDONLY) }
    }
  }
}
