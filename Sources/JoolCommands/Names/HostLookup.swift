import Glibc
import JoolCore

/// The result of looking up the name of an address.
enum HostLookup: Hashable, Sendable {
  case name(String)
  /// The address has no name.
  case none
  /// The look-up failed. The text is the C library's message.
  case failed(String)

  /// Looks up the name with getnameinfo(3), which may block for seconds.
  @Sendable static func system(_ address: AnyIPAddress) -> HostLookup {
    switch address {
    case .v4(let address):
      var socketAddress = sockaddr_in()
      socketAddress.sin_family = sa_family_t(AF_INET)
      socketAddress.sin_addr.s_addr = address.bits.bigEndian
      return system(socketAddress)
    case .v6(let address):
      var socketAddress = sockaddr_in6()
      socketAddress.sin6_family = sa_family_t(AF_INET6)
      withUnsafeMutableBytes(of: &socketAddress.sin6_addr) { bytes in
        withUnsafeBytes(of: address.bits.bigEndian) { bytes.copyMemory(from: $0) }
      }
      return system(socketAddress)
    }
  }

  private static func system(_ socketAddress: some Any) -> HostLookup {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(NI_MAXHOST)) { buffer in
      let status = withUnsafeBytes(of: socketAddress) { bytes in
        getnameinfo(
          bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count), buffer.baseAddress,
          socklen_t(buffer.count), nil, 0, NI_NAMEREQD)
      }
      guard let text = buffer.baseAddress else { return .none }
      return switch status {
      case 0: .name(String(cString: text))
      case EAI_NONAME: .none
      default: .failed(String(cString: gai_strerror(status)))
      }
    }
  }

  /// The result of a look-up that timed out: the name server did not answer.
  static let unanswered = HostLookup.failed(String(cString: gai_strerror(EAI_AGAIN)))
}

/// Looks up the names of ports.
///
/// All are looked up as TCP ports, as the C client does; most services use the same port for both protocols.
enum ServiceNames {
  /// The name of a port, or `nil`.
  @Sendable static func name(of port: UInt16) -> String? {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1024) { buffer in
      var entry = servent()
      var result: UnsafeMutablePointer<servent>?
      getservbyport_r(Int32(port.bigEndian), "tcp", &entry, buffer.baseAddress, buffer.count, &result)
      return result.flatMap { $0.pointee.s_name }.map { String(cString: $0) }
    }
  }
}
