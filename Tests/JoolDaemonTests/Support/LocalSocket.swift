import Glibc
import JoolCore
import SystemPackage

@testable import JoolDaemon
@testable import JoolSession

/// A datagram socket on the loopback interface, as a peer or a monitoring program has one.
struct LocalSocket: ~Copyable {
  private let owned: OwnedDescriptor
  let address: SocketAddress

  /// Binds to a free port, or to this one.
  init(_ host: String = "127.0.0.1", port: UInt16 = 0) throws(Errno) {
    let wanted = SocketAddress(NetworkSamples.host(host), port: port)
    let socket = try wanted.makeDatagramSocket()
    try wanted.bind(socket.rawValue)
    address = try SocketAddress(of: socket.rawValue)
    owned = socket
  }

  func send(_ bytes: [UInt8], to address: SocketAddress) -> Bool {
    address.withSocketAddress { sendto(owned.rawValue, bytes, bytes.count, 0, $0, $1) } == bytes.count
  }

  /// The next datagram.
  ///
  /// `nil` if none arrives in time.
  func receive(within time: TimeAmount = .seconds(5)) throws -> [UInt8]? {
    guard try isReadable(owned.rawValue, within: time) else { return nil }
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = recv(owned.rawValue, &buffer, buffer.count, 0)
    return count >= 0 ? Array(buffer[..<count]) : nil
  }
}

/// Whether a descriptor has input, or gets some in time.
func isReadable(_ descriptor: Int32, within time: TimeAmount = .seconds(5)) throws -> Bool {
  var poller = Poller()
  poller.watch(descriptor)
  try poller.wait(until: .now + time)
  return poller.hasInput(descriptor)
}

/// Two connected Unix sockets, which are closed in the end.
struct SocketPair: ~Copyable {
  let near: OwnedDescriptor
  let far: OwnedDescriptor

  init() throws(Errno) {
    var ends: [Int32] = [-1, -1]
    guard socketpair(AF_UNIX, Int32(SOCK_SEQPACKET.rawValue), 0, &ends) == 0,
      let near = OwnedDescriptor(ends[0]), let far = OwnedDescriptor(ends[1])
    else { throw .current }
    self.near = near
    self.far = far
  }

  /// Keeps both ends open until this call.
  func keepOpen() {}
}
