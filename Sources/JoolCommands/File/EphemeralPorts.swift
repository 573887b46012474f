import JoolCore

/// The ports that this machine's own connections use (`net.ipv4.ip_local_port_range`).
enum EphemeralPorts {
  /// The range of this network namespace, read from `/proc`.
  ///
  /// `nil` if it cannot be read.
  static func ofThisNamespace() -> PortRange? {
    guard let bytes = try? FileReader.bytes(of: "/proc/sys/net/ipv4/ip_local_port_range") else { return nil }
    let ports = String(decoding: bytes, as: UTF8.self).split { $0.isWhitespace }.map { UInt16($0) }
    guard ports.count == 2, let first = ports[0], let last = ports[1] else { return nil }
    return PortRange(first, last)
  }
}
