internal import Glibc

/// The addresses of Unix sockets.
enum UnixAddress {
  /// The greatest number of bytes in a path that fits into an address.
  static let maxPathLength = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1

  /// Calls `body` with the C socket address of a path, and its length.
  ///
  /// The pointer is valid during the call only.
  /// - `path`: at most `maxPathLength` bytes; an abstract name starts with a zero byte.
  static func with<Result>(_ path: [UInt8], _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let path = path.prefix(maxPathLength)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
    let length = socklen_t(MemoryLayout<sa_family_t>.size + path.count)
    return withUnsafePointer(to: address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
    }
  }
}
