import Glibc
import JoolCore
import SystemPackage

@testable import JoolDaemon
@testable import JoolSession

/// A Unix datagram socket with an abstract name, as systemd's daemons have one.
struct UnixReceiver: ~Copyable {
  private let owned: OwnedDescriptor
  /// The name, with the zero byte that abstract names begin with.
  let path: [UInt8]

  /// Opens the socket.
  /// - `name`: a name that no other test uses. The process ID makes it unique among test runs.
  init(_ name: String) throws(Errno) {
    path = [0] + Array("jool-test-\(name)-\(getpid())".utf8)
    guard let owned = OwnedDescriptor(socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)) else { throw .current }
    let isBound = UnixAddress.with(path) { bind(owned.rawValue, $0, $1) == 0 }
    guard isBound else { throw .current }
    self.owned = owned
  }

  /// The name as environment variables have it, with `@` for the zero byte.
  var variable: String { "@" + String(decoding: path.dropFirst(), as: UTF8.self) }

  /// The datagrams that have arrived, as text.
  ///
  /// Sending to a Unix socket is complete when the call returns.
  func takeAll() -> [String] {
    var texts: [String] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while case let count = recv(owned.rawValue, &buffer, buffer.count, Int32(MSG_DONTWAIT)), count >= 0 {
      texts.append(String(decoding: buffer[..<count], as: UTF8.self))
    }
    return texts
  }
}
