import JoolCore
import JoolSession

/// A session proxy, and a module that takes everything it is given.
///
/// There is no socket and no kernel.
struct Node {
  var proxy: SessionProxy
  var address: IPv6Address
  /// The sessions that the module was given.
  var module: [SessionEntry] = []

  init(number: UInt64, pool6: IPv6Prefix, now: Instant) {
    proxy = SessionProxy(instance: .default, seed: number)
    address = IPv6Address(bits: 0xFE80 << 112 | UInt128(number))
    let module = SessionProxy.Kernel(format: .packed36, pool6: pool6, limits: SessionLimits(), isEnabled: true)
    proxy.attached(module, now: now)
  }

  /// Does everything that is due, as an event loop would, and returns the datagrams for the other node.
  mutating func turn(now: Instant) -> [[UInt8]] {
    proxy.advance(to: now)
    let datagrams = proxy.takeDatagrams(now: now)
    while let request = proxy.nextStoreRequest(now: now) {
      // The module has nothing to be read, and takes what it is given.
      if case .add(let sessions) = request { module += sessions }
      proxy.finished(request, .done, now: now)
    }
    proxy.updateReadiness(now: now)
    return datagrams
  }
}

struct NoAddress: Error {}

guard let pool6 = IPv6Prefix("64:ff9b::/96"), let client = TransportAddress6("2001:db8::8#40001"),
  let server6 = TransportAddress6("64:ff9b::c000:208#80"), let mask = TransportAddress4("192.0.2.1#61001"),
  let server = TransportAddress4("192.0.2.8#80"), let lifetime = Milliseconds("2:00:00")
else { throw NoAddress() }
let session = SessionEntry(
  proto: .tcp, source6: client, destination6: server6, source4: mask, destination4: server, expiration: lifetime)

var now = Instant.now
var nodes = [1, 2].map { Node(number: $0, pool6: pool6, now: now) }
for step in 1...1000 {
  now += .milliseconds(10)
  if step == 900 {
    // Node 1 translates the first packet of a connection, and its module announces the session.
    try nodes[0].proxy.learn(records: RecordLayout.packed36.encode([session]).span.bytes, now: now)
  }
  for (sender, receiver) in [(0, 1), (1, 0)] {
    for datagram in nodes[sender].turn(now: now) {
      _ = nodes[receiver].proxy.received(
        datagram: datagram.span.bytes, length: datagram.count, from: nodes[sender].address, now: now)
    }
  }
}
print("Node 2 is \(nodes[1].proxy.nodeStatus.name). Its module has:")
for entry in nodes[1].module { print(entry.proto, entry.source6, "as", entry.source4, "to", entry.destination4) }
