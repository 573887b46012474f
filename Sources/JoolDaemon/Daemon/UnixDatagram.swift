internal import Glibc
internal import JoolCore

/// One datagram to a Unix socket, as systemd's daemons listen to.
enum UnixDatagram {
  /// The longest path that an address has room for.
  static let maxPathLength = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1

  /// - Parameter path: at most `maxPathLength` bytes; an abstract name starts with a zero byte.
  /// - Returns: whether somebody took it.
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
