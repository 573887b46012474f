internal import Glibc
package import SystemPackage

/// Socket options that more than one kind of socket needs.
package enum SocketOptions {
  /// Makes a receive buffer `bytes` large: beyond `net.core.rmem_max` if privileged, up to it otherwise.
  /// - Returns: the size in force, as the kernel counts it (it reserves twice what was asked for).
  package static func enlargeReceiveBuffer(of descriptor: Int32, to bytes: Int32) -> Int32 {
    do throws(Errno) {
      try set(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, bytes)
    } catch {
      // Not privileged: as much as everybody may have. The caller compares.
      try? set(descriptor, SOL_SOCKET, SO_RCVBUF, bytes)
    }
    var granted: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    return getsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &granted, &length) == 0 ? granted : 0
  }

  /// setsockopt(2) with any plain value.
  package static func set<Value: BitwiseCopyable>(
    _ descriptor: Int32, _ level: Int32, _ option: Int32, _ value: Value
  ) throws(Errno) {
    var value = value
    guard setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Value>.size)) == 0 else {
      throw .current
    }
  }

  /// setsockopt(2) with a structure that C imports without `BitwiseCopyable`, as its bytes.
  package static func set(_ descriptor: Int32, _ level: Int32, _ option: Int32, bytes: [UInt8]) throws(Errno) {
    guard setsockopt(descriptor, level, option, bytes, socklen_t(bytes.count)) == 0 else { throw .current }
  }

  /// What is sent to single addresses leaves through an interface, whatever the routes say; 0: as they say again.
  package static func sendUnicasts(of descriptor: Int32, through interface: UInt32, isIPv6: Bool) throws(Errno) {
    // IPV6_UNICAST_IF and IP_UNICAST_IF of <linux/in6.h> and <linux/in.h>.
    let (level, option): (Int32, Int32) = isIPv6 ? (Int32(IPPROTO_IPV6), 76) : (Int32(IPPROTO_IP), 50)
    try set(descriptor, level, option, interface.bigEndian)
  }

  /// The socket receives and sends through one interface alone.
  package static func bind(_ descriptor: Int32, to interface: UInt32) throws(Errno) {
    // SO_BINDTOIFINDEX of <asm-generic/socket.h>; needs no rights if the socket belongs to no interface yet.
    try set(descriptor, SOL_SOCKET, 62, Int32(bitPattern: interface))
  }
}
