import JoolCore
import TestSupport

/// Numbers the sessions, so that arrays can hold their data.
///
/// A session is a protocol, a client and a server. A mask is the number of a transport address of pool4; each protocol
/// has its own.
struct AddressPlan: Sendable {
  static let protocols = 3
  private static let portsPerAddress = 60_000
  private static let firstPort = 1024

  let clients: Int
  let servers: Int
  let masks: Int

  init(_ scenario: Scenario) {
    let flows = scenario.traffic
    let named = flows.map { $0.client + $0.clients } + scenario.nodes.map(\.clients.upperBound)
    clients = max(named.max() ?? 1, 1)
    servers = (flows.map(\.server).max() ?? 0) + 1
    masks = scenario.masks ?? clients
  }

  var sessions: Int { Self.protocols * clients * servers }

  func session(proto: Int, client: Int, server: Int) -> Int { (proto * clients + client) * servers + server }

  /// The number of a session's protocol and client.
  func bib(of session: Int) -> Int { session / servers }

  func proto(of session: Int) -> Int { session / (clients * servers) }

  func client(of session: Int) -> Int { session / servers % clients }

  func server(of session: Int) -> Int { session % servers }

  /// The number of a session; `nil` if it is not in the plan.
  func session(of entry: SessionEntry) -> Int? {
    let (client, server) = (
      Int(truncatingIfNeeded: entry.source6.address.bits & 0xFFFF_FFFF) - 1,
      Int(entry.destination4.address.bits) - 0xC633_6401
    )
    guard client >= 0, client < clients, server >= 0, server < servers else { return nil }
    return session(proto: Int(entry.proto.rawValue), client: client, server: server)
  }

  func client(of address: TransportAddress6) -> Int? {
    let client = Int(truncatingIfNeeded: address.address.bits & 0xFFFF_FFFF) - 1
    return client >= 0 && client < clients ? client : nil
  }

  func mask(of address: TransportAddress4) -> Int? {
    let mask = (Int(address.address.bits) - 0xC000_0201) * Self.portsPerAddress + Int(address.port) - Self.firstPort
    return mask >= 0 && mask < masks ? mask : nil
  }

  func address(ofMask mask: Int) -> TransportAddress4 {
    TransportAddress(
      IPv4Address(bits: 0xC000_0201 + UInt32(mask / Self.portsPerAddress)),
      UInt16(mask % Self.portsPerAddress + Self.firstPort))
  }

  /// The session with this number, under this mask.
  /// - `expiration`: the time left in microseconds.
  func entry(_ session: Int, mask: Int, state: UInt8, timer: UInt8, expiration: Int, pool6: IPv6Prefix) -> SessionEntry
  {
    let proto = L4Protocol(rawValue: UInt8(proto(of: session))) ?? .udp
    let mask = address(ofMask: mask)
    let server = IPv4Address(bits: 0xC633_6401 + UInt32(server(of: session)))
    let embedded = pool6.embedding(server) ?? IPv6Address(bits: 0)
    let client = IPv6Address(bits: 0x2001_0db8 << 96 | UInt128(client(of: session) + 1))
    return SessionEntry(
      proto: proto, source6: TransportAddress(client, 4000),
      destination6: TransportAddress(embedded, proto == .icmp ? 4000 : 443), source4: mask,
      destination4: TransportAddress(server, proto == .icmp ? mask.port : 443), state: TCPState(rawValue: state),
      timer: SessionTimer(rawValue: timer), expiration: Milliseconds(UInt32(clamping: max(expiration, 0) / 1000)))
  }

  /// The protocol and address of a client, by the number of its BIB entry.
  func client(ofBIB bib: Int) -> (proto: L4Protocol, source6: TransportAddress6) {
    let entry = entry(bib * servers, mask: 0, state: 0, timer: 0, expiration: 0, pool6: .wellKnown)
    return (entry.proto, entry.source6)
  }

  static func pool6(ofGroup group: Int) -> IPv6Prefix {
    guard group > 0 else { return .wellKnown }
    return IPv6Prefix(address: IPv6Address(bits: (0x2001_0db8_0064 << 16 | UInt128(group)) << 64), length: 96)
      ?? .wellKnown
  }

  func name(_ session: Int) -> String {
    let proto = L4Protocol(rawValue: UInt8(proto(of: session))) ?? .udp
    return "\(proto) client \(client(of: session)) server \(server(of: session)) (\(session))"
  }
}

extension SessionEntry {
  /// The BIB entry of the session.
  var bib: BIBEntry { BIBEntry(proto: proto, source6: source6, source4: source4, isStatic: false) }
}
