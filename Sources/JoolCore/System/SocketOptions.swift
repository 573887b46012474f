internal import Glibc

/// Socket options that more than one kind of socket needs.
package enum SocketOptions {
  /// Makes a receive buffer `bytes` large: beyond `net.core.rmem_max` if privileged, up to it otherwise.
  /// - Returns: the size in force, as the kernel counts it (it reserves twice what was asked for).
  package static func enlargeReceiveBuffer(of descriptor: Int32, to bytes: Int32) -> Int32 {
    var wanted = bytes
    let size = socklen_t(MemoryLayout<Int32>.size)
    if setsockopt(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, &wanted, size) != 0 {
      _ = setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &wanted, size)
    }
    var granted: Int32 = 0
    var length = size
    return getsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &granted, &length) == 0 ? granted : 0
  }
}
