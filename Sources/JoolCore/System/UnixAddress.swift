package import Glibc

/// The addresses of Unix sockets.
package enum UnixAddress {
  /// The greatest number of bytes in a path that fits into an address.
  package static let maxPathLength = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1

  /// Calls `body` with the C socket address of a path, and its length.
  ///
  /// The pointer is valid during the call only.
  /// - Parameters:
  ///   - path: At most `maxPathLength` bytes; an abstract name starts with a zero byte.
  ///   - body: The code that needs the address.
  /// - Returns: What `body` returns.
  package static func with<Result>(_ path: [UInt8], _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let path = path.prefix(maxPathLength)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
    let length = socklen_t(MemoryLayout<sa_family_t>.size + path.count)
    return withUnsafePointer(to: address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
    }
  }

  /// The path that a socket is bound to; `nil` if it is not bound to a path.
  package static func path(of descriptor: Int32) -> String? {
    var address = sockaddr_un()
    var length = socklen_t(MemoryLayout<sockaddr_un>.size)
    let code = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
    }
    let offset = MemoryLayout<sa_family_t>.size
    guard code == 0, Int(length) > offset + 1, address.sun_family == sa_family_t(AF_UNIX) else { return nil }
    let count = min(Int(length) - offset, maxPathLength)
    let path = withUnsafeBytes(of: address.sun_path) { Array($0.prefix(count).prefix { $0 != 0 }) }
    return path.isEmpty ? nil : String(decoding: path, as: UTF8.self)
  }
}
