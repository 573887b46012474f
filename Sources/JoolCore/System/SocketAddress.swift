package import Glibc
package import SystemPackage

/// An IPv4 or IPv6 socket address, as `getaddrinfo` returns it and the socket calls take it.
package struct SocketAddress: Sendable {
  private var storage = sockaddr_storage()
  private var length: socklen_t

  /// A failure of `getaddrinfo`.
  package struct LookupFailure: Error, Hashable, Sendable {
    /// The `EAI_…` code.
    package let code: Int32
  }

  /// All addresses of a host and a service for UDP.
  ///
  /// Blocks for DNS if the host is a name.
  /// - Parameters:
  ///   - host: An address or a name.
  ///   - service: A port, 0 to 65535, or a service's name.
  ///   - forBinding: Whether the addresses are for bind(2) (`AI_PASSIVE`).
  /// - Returns: The addresses in the order of `getaddrinfo`.
  /// - Throws: The code of `getaddrinfo`; `EAI_NONAME` for a host with a zero byte, and `EAI_SERVICE` for a service of
  ///   another form.
  package static func lookUp(host: String, service: String, forBinding: Bool) throws(LookupFailure) -> [SocketAddress] {
    // C would stop reading at a zero byte.
    guard !host.utf8.contains(0) else { throw LookupFailure(code: EAI_NONAME) }
    // glibc accepts any number, with blanks and a sign, and keeps its lower 16 bits.
    let isNumber = service.utf8.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
    let isName = service.first?.isLetter == true || service.first?.isNumber == true
    guard isNumber ? UInt16(service) != nil : isName, !service.utf8.contains(0) else {
      throw LookupFailure(code: EAI_SERVICE)
    }
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

  /// Copies a C socket address.
  ///
  /// Bytes beyond the size of `sockaddr_storage` are dropped.
  package init(_ address: UnsafePointer<sockaddr>, length: socklen_t) {
    self.length = min(length, socklen_t(MemoryLayout<sockaddr_storage>.size))
    let count = Int(self.length)
    withUnsafeMutableBytes(of: &storage) { $0.copyMemory(from: UnsafeRawBufferPointer(start: address, count: count)) }
  }

  /// Creates a socket address from numbers.
  ///
  /// IPv4 ignores `scope`, the index of an interface.
  package init(_ host: AnyIPAddress, port: UInt16, scope: UInt32 = 0) {
    switch host {
    case .v4(let address):
      length = socklen_t(MemoryLayout<sockaddr_in>.size)
      withUnsafeMutableBytes(of: &storage) {
        $0.storeBytes(of: sa_family_t(AF_INET), as: sa_family_t.self)
        $0.storeBytes(of: address.bits.bigEndian, toByteOffset: 4, as: UInt32.self)
      }
    case .v6(let address):
      length = socklen_t(MemoryLayout<sockaddr_in6>.size)
      withUnsafeMutableBytes(of: &storage) {
        $0.storeBytes(of: sa_family_t(AF_INET6), as: sa_family_t.self)
        $0.storeBytes(of: address.bits.bigEndian, toByteOffset: 8, as: UInt128.self)
      }
    }
    withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: port.bigEndian, toByteOffset: 2, as: UInt16.self) }
    self.scope = scope
  }

  /// Whether the address family is IPv6.
  package var isIPv6: Bool { storage.ss_family == sa_family_t(AF_INET6) }

  /// The index of the interface that a link-local IPv6 address belongs to; 0 for none, and for IPv4.
  package var scope: UInt32 {
    get {
      guard isIPv6 else { return 0 }
      return withUnsafeBytes(of: storage) { $0.load(fromByteOffset: 24, as: UInt32.self) }
    }
    set {
      guard isIPv6 else { return }
      withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: newValue, toByteOffset: 24, as: UInt32.self) }
    }
  }

  /// The port, in the host's byte order.
  package var port: UInt16 {
    withUnsafeBytes(of: storage) { UInt16(bigEndian: $0.load(fromByteOffset: 2, as: UInt16.self)) }
  }

  /// The address without its port and scope, or `nil` for a family that is neither IPv4 nor IPv6.
  package var host: AnyIPAddress? {
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

  /// Calls `body` with the C socket address and its length.
  ///
  /// The pointer is valid during the call only.
  package func withSocketAddress<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    withUnsafePointer(to: storage) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
    }
  }

  /// Opens a UDP socket for this family, close-on-exec and non-blocking.
  /// - Throws: The error of socket(2).
  package func makeDatagramSocket() throws(Errno) -> OwnedDescriptor {
    let type = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
    guard let descriptor = OwnedDescriptor(socket(Int32(storage.ss_family), type, 0)) else { throw .current }
    return descriptor
  }

  /// The MTU of the path that the kernel's routes choose for the address.
  ///
  /// Sends nothing and does not block.
  /// - Parameter interface: The index of the interface through which the path leads; 0 leaves the choice to the routes.
  /// - Returns: The MTU in bytes, or `nil` if there is no such path.
  package func pathMTU(through interface: UInt32 = 0) -> Int? {
    guard let socket = try? makeDatagramSocket() else { return nil }
    do throws(Errno) {
      if interface != 0 {
        try SocketOptions.sendUnicasts(of: socket.rawValue, through: interface, isIPv6: isIPv6)
      }
      try connect(socket.rawValue)
    } catch {
      return nil
    }
    var mtu: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    let (level, option) = isIPv6 ? (Int32(IPPROTO_IPV6), IPV6_MTU) : (Int32(IPPROTO_IP), IP_MTU)
    return getsockopt(socket.rawValue, level, option, &mtu, &length) == 0 ? Int(mtu) : nil
  }

  /// The local address of a socket.
  /// - Throws: The error of getsockname(2).
  package init(of descriptor: Int32) throws(Errno) {
    length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let code = withUnsafeMutablePointer(to: &storage) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
    }
    guard code == 0 else { throw .current }
  }

  /// Connects a socket to this address.
  ///
  /// Sends nothing if it is a UDP socket.
  /// - Throws: The error of connect(2).
  package func connect(_ descriptor: Int32) throws(Errno) {
    guard withSocketAddress({ Glibc.connect(descriptor, $0, $1) }) == 0 else { throw .current }
  }

  /// Binds a socket to this address.
  /// - Throws: The error of bind(2).
  package func bind(_ descriptor: Int32) throws(Errno) {
    guard withSocketAddress({ Glibc.bind(descriptor, $0, $1) }) == 0 else { throw .current }
  }
}

extension SocketAddress.LookupFailure: CustomStringConvertible {
  /// The text of `gai_strerror` for the code.
  package var description: String { "getaddrinfo() failed: \(String(cString: gai_strerror(code)))" }
}

extension SocketAddress: Hashable {
  /// Compares address, port and scope.
  package static func == (left: SocketAddress, right: SocketAddress) -> Bool {
    left.host == right.host && left.port == right.port && left.scope == right.scope
  }

  /// Hashes address, port and scope.
  package func hash(into hasher: inout Hasher) {
    hasher.combine(host)
    hasher.combine(port)
    hasher.combine(scope)
  }
}
