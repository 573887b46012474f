import Glibc

/// Descriptors 0 to 2, which every program takes for its standard streams.
enum StandardDescriptors {
  /// Opens those that are closed, so that no file or socket gets their numbers, and with it what is written to the
  /// standard streams.
  ///
  /// They are opened the wrong way round: reading or writing them still fails as if they were closed.
  static func reserve() {
    // Each call gets the lowest free number.
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
      if open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0 { _ = open("/", O_RDONLY) }
    }
  }
}
