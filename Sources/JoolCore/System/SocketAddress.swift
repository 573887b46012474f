package import Glibc
package import SystemPackage

/// An IPv4 or IPv6 socket address, as `getaddrinfo` finds it and the socket calls want it.
public struct SocketAddress: Sendable {
  private var storage = sockaddr_storage()
  private var length: socklen_t

  /// `getaddrinfo`'s own failures: an `EAI_…` code.
  public struct LookupFailure: Error, Hashable, Sendable {
    public let code: Int32
  }

  /// All addresses of a host and a service for UDP.
  public static func lookUp(host: String, service: String, forBinding: Bool) throws(LookupFailure) -> [SocketAddress] {
    // glibc takes any number and keeps its lower 16 bits.
    if let number = Int(service), !(0...65_535 ~= number) { throw LookupFailure(code: EAI_SERVICE) }
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_DGRAM.rawValue)
    hints.ai_flags = forBinding ? AI_PASSIVE : 0
    var results: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(host, service, &hints, &results)
    guard code == 0 else { throw LookupFailure(code: code) }
    defer { freeaddrinfo(results) }
    var addresses: [SocketAddress] = []
    var next = results
    while let result = next {
      if let address = result.pointee.ai_addr {
        addresses.append(SocketAddress(address, length: result.pointee.ai_addrlen))
      }
      next = result.pointee.ai_next
    }
    return addresses
  }

  package init(_ address: UnsafePointer<sockaddr>, length: socklen_t) {
    self.length = min(length, socklen_t(MemoryLayout<sockaddr_storage>.size))
    let count = Int(self.length)
    withUnsafeMutableBytes(of: &storage) { $0.copyMemory(from: UnsafeRawBufferPointer(start: address, count: count)) }
  }

  public var isIPv6: Bool { storage.ss_family == sa_family_t(AF_INET6) }

  /// Names the interface of a link-local IPv6 address.
  public mutating func setScope(_ interface: UInt32) {
    withUnsafeMutableBytes(of: &storage) {
      $0.withMemoryRebound(to: sockaddr_in6.self) { $0[0].sin6_scope_id = interface }
    }
  }

  /// Whether this is an IPv6 multicast address that means nothing without an interface (ff02::/16).
  public var isLinkLocalMulticast: Bool {
    guard case .v6(let address)? = groupAddress else { return false }
    return address.bits >> 112 & 0xFF0F == 0xFF02
  }

  /// The address without its port.
  public enum Host: Hashable, Sendable {
    case v4(IPv4Address)
    case v6(IPv6Address)
  }

  public var groupAddress: Host? {
    withUnsafeBytes(of: storage) { bytes in
      if isIPv6 {
        .v6(IPv6Address(bits: UInt128(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt128.self))))
      } else if storage.ss_family == sa_family_t(AF_INET) {
        .v4(IPv4Address(bits: UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self))))
      } else {
        nil
      }
    }
  }

  /// Hands the address to a socket call.
  package func withSocketAddress<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    withUnsafePointer(to: storage) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
    }
  }

  /// A UDP socket for this family, close-on-exec and non-blocking.
  package func makeDatagramSocket() throws(Errno) -> OwnedDescriptor {
    let type = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
    guard let descriptor = OwnedDescriptor(socket(Int32(storage.ss_family), type, 0)) else { throw .current }
    return descriptor
  }

  /// The local address of a socket.
  package init(of descriptor: Int32) throws(Errno) {
    length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let code = withUnsafeMutablePointer(to: &storage) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
    }
    guard code == 0 else { throw .current }
  }

  package func connect(_ descriptor: Int32) throws(Errno) {
    guard withSocketAddress({ Glibc.connect(descriptor, $0, $1) }) == 0 else { throw .current }
  }

  package func bind(_ descriptor: Int32) throws(Errno) {
    guard withSocketAddress({ Glibc.bind(descriptor, $0, $1) }) == 0 else { throw .current }
  }
}

extension SocketAddress.LookupFailure: CustomStringConvertible {
  public var description: String { "getaddrinfo() failed: \(String(cString: gai_strerror(code)))" }
}
