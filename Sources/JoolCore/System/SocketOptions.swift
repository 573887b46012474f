internal import Glibc
package import SystemPackage

/// Socket options that more than one kind of socket needs.
package enum SocketOptions {
  /// Makes a receive buffer `bytes` large: beyond `net.core.rmem_max` if the process is privileged, up to it otherwise.
  /// - Returns: The size in force, as the kernel counts it (it reserves twice the requested size); 0 if it cannot be
  ///   read.
  package static func enlargeReceiveBuffer(of descriptor: Int32, to bytes: Int32) -> Int32 {
    do throws(Errno) {
      try set(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, bytes)
    } catch {
      // Not privileged: as much as any process may have. The caller compares the sizes.
      try? set(descriptor, SOL_SOCKET, SO_RCVBUF, bytes)
    }
    var granted: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    return getsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &granted, &length) == 0 ? granted : 0
  }

  /// Sets an option to a plain value, with setsockopt(2).
  /// - Throws: The error of setsockopt(2).
  package static func set<Value: BitwiseCopyable>(
    _ descriptor: Int32, _ level: Int32, _ option: Int32, _ value: Value
  ) throws(Errno) {
    var value = value
    guard setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Value>.size)) == 0 else {
      throw .current
    }
  }

  /// Sets an option to a structure that C imports without `BitwiseCopyable`, given as its bytes.
  /// - Throws: The error of setsockopt(2).
  package static func set(_ descriptor: Int32, _ level: Int32, _ option: Int32, bytes: [UInt8]) throws(Errno) {
    guard setsockopt(descriptor, level, option, bytes, socklen_t(bytes.count)) == 0 else { throw .current }
  }

  /// Makes unicast datagrams leave through an interface, regardless of the routes.
  ///
  /// Interface 0 restores the choice by routes.
  /// - Throws: The error of setsockopt(2).
  package static func sendUnicasts(of descriptor: Int32, through interface: UInt32, isIPv6: Bool) throws(Errno) {
    let (level, option) = isIPv6 ? (IPPROTO_IPV6, IPV6_UNICAST_IF) : (IPPROTO_IP, IP_UNICAST_IF)
    try set(descriptor, Int32(level), option, interface.bigEndian)
  }

  /// Restricts a socket to one interface, for receiving and for sending.
  /// - Throws: The error of setsockopt(2).
  package static func bind(_ descriptor: Int32, to interface: UInt32) throws(Errno) {
    // Needs no privileges if the socket is not bound to an interface yet.
    try set(descriptor, SOL_SOCKET, SO_BINDTOIFINDEX, Int32(bitPattern: interface))
  }
}
