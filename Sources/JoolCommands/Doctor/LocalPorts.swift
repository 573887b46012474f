import JoolCore

/// The ports that this machine itself uses.
struct LocalPorts: Hashable, Sendable {
  /// A socket that waits for packets of others.
  struct Listener: Hashable, Sendable {
    var proto: L4Protocol
    /// `nil`: all addresses.
    var address: IPv4Address?
    var port: UInt16
  }

  /// The ports of connections that begin here, without the reserved ones.
  var ephemeral = PortSet()
  /// The ports that the administrator has excluded from those (`ip_local_reserved_ports`).
  var reserved = PortSet()
  var listeners: [Listener] = []
  /// The addresses of pool4 that this machine has.
  ///
  /// Its sockets can use no other address of pool4.
  var ownAddresses: Set<IPv4Address> = []

  init() {}

  init(_ instance: InstanceFacts, ephemeral range: PortRange?, _ system: SystemReader) {
    reserved = PortSet(list: system.sysctl("net/ipv4/ip_local_reserved_ports") ?? "")
    ephemeral = PortSet(range.map { [$0] } ?? []).subtracting(reserved)
    ownAddresses = Set(
      instance.pool4Addresses.prefix(Pool4AddressCheck.limit).filter { system.route($0) == .local })
    for (name, proto) in [("tcp", L4Protocol.tcp), ("tcp6", .tcp), ("udp", .udp), ("udp6", .udp)] {
      let text = system.text("/proc/net/\(name)") ?? ""
      for line in text.split(separator: "\n").dropFirst() {
        guard let listener = Listener(row: line, proto), !listeners.contains(listener) else { continue }
        listeners.append(listener)
      }
    }
  }
}

extension LocalPorts.Listener {
  /// The state of sockets that listen, by the kernel's numbers: TCP_LISTEN, and TCP_CLOSE for UDP without a peer.
  private static func state(_ proto: L4Protocol) -> String { proto == .tcp ? "0A" : "07" }

  /// Parses a row of `/proc/net/tcp`, `tcp6`, `udp` or `udp6`.
  ///
  /// `nil` if the socket does not listen to IPv4 packets.
  init?(row: Substring, _ proto: L4Protocol) {
    // Columns: number, local address, remote address, state, …
    let words = row.split(separator: " ", maxSplits: 4)
    guard words.count == 5, words[3] == Self.state(proto) else { return nil }
    let local = words[1].split(separator: ":")
    guard local.count == 2, let port = UInt16(local[1], radix: 16), port != 0 else { return nil }
    // An IPv6 address has four words, each in the byte order of the machine. `::` includes IPv4.
    let digits = local[0]
    let isMapped = digits.count == 32 && digits.dropLast(8).hasSuffix("0000FFFF")
    guard digits.count == 8 || isMapped || digits.allSatisfy({ $0 == "0" }),
      let word = UInt32(digits.suffix(8), radix: 16)
    else { return nil }
    let address = IPv4Address(bits: UInt32(bigEndian: word))
    self.init(proto: proto, address: address.bits == 0 ? nil : address, port: port)
  }
}
