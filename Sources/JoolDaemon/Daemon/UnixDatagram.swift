internal import Glibc
internal import JoolCore

/// Sends single datagrams to Unix sockets such as those of systemd's daemons.
enum UnixDatagram {
  /// The longest path that fits into an address, in bytes.
  static let maxPathLength = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1

  /// Sends a datagram.
  ///
  /// Does not block.
  ///
  /// Returns whether the datagram was delivered.
  /// - `path`: at most `maxPathLength` bytes; an abstract name starts with a zero byte.
  @discardableResult
  static func send(_ bytes: [UInt8], to path: [UInt8]) -> Bool {
    guard let socket = OwnedDescriptor(socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)) else {
      return false
    }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.prefix(maxPathLength)) }
    let length = socklen_t(MemoryLayout<sa_family_t>.size + path.count)
    return withUnsafePointer(to: address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        sendto(socket.rawValue, bytes, bytes.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT), $0, length) >= 0
      }
    }
  }
}
