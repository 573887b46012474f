internal import Glibc
internal import JoolCore

/// Sends single datagrams to Unix sockets such as those of systemd's daemons.
enum UnixDatagram {
  /// Sends a datagram.
  ///
  /// Does not block.
  ///
  /// Returns whether the datagram was delivered.
  /// - `path`: at most `UnixAddress.maxPathLength` bytes; an abstract name starts with a zero byte.
  @discardableResult
  static func send(_ bytes: [UInt8], to path: [UInt8]) -> Bool {
    guard let socket = OwnedDescriptor(socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)) else {
      return false
    }
    return UnixAddress.with(path) {
      sendto(socket.rawValue, bytes, bytes.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT), $0, $1) >= 0
    }
  }
}
