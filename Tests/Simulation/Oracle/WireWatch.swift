/// Counts the datagrams that nodes send, for the checks of amounts and nonces.
struct WireWatch {
  /// The counts of one node.
  struct Node {
    var asked = 0
    var compared = 0
    /// The bytes that were sent on request: in this second, and the most in a second and in a turn.
    var secondBytes = 0
    var second: Moment = 0
    var mostPerSecond = 0
    var mostPerTurn = 0
    var number: UInt64 = 0
    var lastUpdate: UInt64 = 0
    var bytes = 0
  }

  private let scenario: Scenario
  private let plan: AddressPlan
  private(set) var nodes: [Node]
  /// The number of records since the last reset, by node and session.
  private(set) var told: [UInt16]
  /// The number of changes of each session, including those of its mask, since the last reset.
  private(set) var changes: [UInt16]
  private(set) var since: Moment = 0
  private var nonces: [[UInt8]: Int] = [:]
  private(set) var repeatedNonce: Int?
  /// A mirror that has advertised the right to the addresses; `nil` if none has.
  private(set) var mirrorWithRight: Int?
  /// The first request for lost updates since the last reset, and the numbers of frames that compared and fetched
  /// tables.
  private(set) var asker: (node: Int, type: UInt8, at: Moment)?
  private(set) var comparisons = 0
  private(set) var pulls = 0
  private(set) var hash: UInt64 = 0
  /// The number of frames by type, for the figures.
  private(set) var frames: [Int]

  init(_ scenario: Scenario, _ plan: AddressPlan) {
    self.scenario = scenario
    self.plan = plan
    nodes = Array(repeating: Node(), count: scenario.nodes.count)
    told = Array(repeating: 0, count: scenario.nodes.count * plan.sessions)
    changes = Array(repeating: 0, count: plan.sessions)
    frames = Array(repeating: 0, count: 256)
  }

  /// Resets all counts, because an event has happened that makes nodes send.
  mutating func reset(_ now: Moment) {
    since = now
    resetAsking()
    for place in told.indices { told[place] = 0 }
    for place in changes.indices { changes[place] = 0 }
  }

  /// Resets the counts of requests, when a long calm begins.
  mutating func resetAsking() {
    asker = nil
    comparisons = 0
    pulls = 0
  }

  mutating func packet(_ session: Int, changes isChange: Bool) { if isChange { changes[session] &+= 1 } }

  /// Counts the datagrams that a node sends in a turn.
  mutating func sends(_ datagrams: [[UInt8]], from node: Int, now: Moment) {
    var turn = 0
    for datagram in datagrams {
      nodes[node].bytes += datagram.count
      hash = Dice.hash(hash, UInt64(node), UInt64(datagram.count), UInt64(datagram.last ?? 0))
      guard datagram.count >= 32, datagram[0] == 0, datagram[1] == 0 else { continue }
      let type = datagram[3]
      frames[Int(type)] += 1
      let number = Self.integer(datagram, at: 4)
      if nodes[node].number != number { (nodes[node].number, nodes[node].lastUpdate) = (number, 0) }
      switch FrameType(rawValue: type) {
      case .update:
        let sequence = Self.integer(datagram, at: 16)
        if sequence <= nodes[node].lastUpdate {
          turn += datagram.count
        } else {
          nodes[node].lastUpdate = sequence
          count(datagram, of: node)
        }
      case .nak, .unavailable: asker = asker ?? (node, type, now)
      case .pull: pulls += 1
      case .bulk:
        turn += datagram.count
        pulls += 1
      case .buckets, .differences:
        turn += datagram.count
        comparisons += 1
      case .compare: comparisons += 1
      case .sealed: checkNonce(datagram)
      case .hello:
        if datagram.count > 33, datagram[33] & 1 == 1, scenario.nodes[node].isMirror { mirrorWithRight = node }
      case .settings, nil: break
      }
    }
    nodes[node].mostPerTurn = max(nodes[node].mostPerTurn, turn)
    let second = now / 1_000_000
    if nodes[node].second != second { (nodes[node].second, nodes[node].secondBytes) = (second, 0) }
    nodes[node].secondBytes += turn
    nodes[node].mostPerSecond = max(nodes[node].mostPerSecond, nodes[node].secondBytes)
  }

  private mutating func count(_ datagram: [UInt8], of node: Int) {
    var record = 32
    while record + NodeUnderTest.recordSize <= datagram.count {
      let client = Int(Self.integer(datagram, at: record + 8) & 0xFFFF_FFFF) - 1
      let server = Int(Self.integer(datagram, at: record + 16) & 0xFFFF_FFFF) - 0xC633_6401
      let proto = Int(datagram[record + 35] >> 5 & 3)
      if client >= 0, client < plan.clients, server >= 0, server < plan.servers, proto < 3 {
        told[node * plan.sessions + plan.session(proto: proto, client: client, server: server)] &+= 1
      }
      record += NodeUnderTest.recordSize
    }
  }

  private mutating func checkNonce(_ datagram: [UInt8]) {
    let text = datagram.reduce(14_695_981_039_346_656_037 as UInt64) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
    let known = nonces.updateValue(Int(bitPattern: UInt(text)), forKey: Array(datagram[..<NodeUnderTest.sealHeader]))
    if let known, known != Int(bitPattern: UInt(text)) { repeatedNonce = known }
  }

  private static func integer(_ bytes: [UInt8], at offset: Int) -> UInt64 {
    var value: UInt64 = 0
    for byte in bytes[offset..<offset + 8] { value = value << 8 | UInt64(byte) }
    return value
  }
}
