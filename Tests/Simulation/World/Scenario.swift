/// A time in microseconds since the run began.
package typealias Moment = Int

extension Moment {
  /// The moment after this number of seconds.
  /// - `seconds`: at most about 290,000 years.
  package static func seconds(_ seconds: Double) -> Moment { Moment((seconds * 1_000_000).rounded()) }

  package var inSeconds: Double { Double(self) / 1_000_000 }
}

/// A complete description of a run.
///
/// It can be saved, repeated and shortened.
package struct Scenario: Codable, Equatable, Sendable {
  /// The distribution that it was drawn from, or the name of a recorded fault.
  package var climate: String
  package var seed: UInt64
  package var nodes: [NodePlan]
  package var traffic: [Flow] = []
  package var faults: [Fault] = []
  /// The duration of the run in seconds.
  package var duration: Double
  /// The number of masks that pool4 has for each protocol; `nil`: enough for all clients.
  package var masks: Int?
  /// The seconds within which a node that starts beside a node with sessions is ready after it has a table
  /// (`promptStart`); `nil`: the property is not checked.
  package var readyWithin: Double?
  /// The wrong behaviour of node 1, for tests of the oracle.
  package var lie: Lie?

  package init(climate: String, seed: UInt64, nodes: [NodePlan], duration: Double) {
    self.climate = climate
    self.seed = seed
    self.nodes = nodes
    self.duration = duration
  }
}

/// The properties of a node.
package struct NodePlan: Codable, Equatable, Sendable {
  package enum Format: String, Codable, Sendable { case ss2, auto, legacy }

  package var format = Format.ss2
  /// The time of the start in seconds; `nil` if a fault (`clone`) starts the node.
  package var startsAt: Double? = 0
  package var isSealed = false
  /// The number of the node's group.
  ///
  /// Different groups have different pool6 prefixes.
  package var group = 0
  /// The seconds by which the wall clock is ahead.
  package var wallSkew = 0.0
  /// The millionths by which the monotonic clock is fast.
  package var drift = 0.0
  package var timeouts = Timeouts()
  /// The clients whose sessions the module has at the start.
  package var clients = 0..<0
  /// The seconds since the last packets of these sessions.
  package var idle = 0.0
  /// The microseconds that the module takes to add a session.
  package var moduleSpeed = 5
  /// The properties of a mirror; `nil` for a node with a module, as in all scenarios that were saved before there were
  /// mirrors.
  package var mirror: MirrorPlan?

  package init() {}

  /// Whether the node has no module.
  package var isMirror: Bool { mirror != nil }
}

/// The properties of a mirror.
package struct MirrorPlan: Codable, Equatable, Sendable {
  /// The seconds between two snapshots; `nil`: the mirror keeps none.
  package var interval: Double?
  /// The seconds from the beginning of a snapshot until it is complete.
  package var writing = 0.1
  /// Whether an administrator has stated pool6 and the timeouts.
  package var isConfigured = false

  package init() {}
}

/// The timeouts of a module in seconds.
package struct Timeouts: Codable, Equatable, Sendable {
  package var tcpEstablished = 7200.0
  package var tcpTransitory = 240.0
  package var udp = 300.0
  package var icmp = 60.0

  package init() {}

  /// The time for which a packet keeps a session, by protocol and timer (0: established).
  func life(_ proto: Int, _ timer: UInt8) -> Moment {
    switch (proto, timer) {
    case (0, 0): .seconds(tcpEstablished)
    case (0, _): .seconds(tcpTransitory)
    case (1, _): .seconds(udp)
    default: .seconds(icmp)
    }
  }
}

/// A series of packets of some clients.
package struct Flow: Codable, Equatable, Sendable {
  /// The first of `clients` clients that take turns.
  package var client: Int
  package var clients = 1
  package var server = 0
  /// The protocol with its number on the wire: 0 TCP, 1 UDP, 2 ICMP.
  package var proto = 1
  /// The times of the first and of the last possible packet, in seconds.
  package var from: Double
  package var until: Double
  /// The seconds from one packet to the next.
  package var every: Double
  /// The number of clients that have a packet each time.
  package var burst = 1
  /// Whether each packet changes the state of a TCP session, so that it must be sent.
  package var flaps = false
  /// The nodes whose modules translate the packets in turn; empty: the node that has the addresses.
  package var through: [Int] = []

  package init(client: Int, from: Double, until: Double, every: Double) {
    self.client = client
    self.from = from
    self.until = until
    self.every = every
  }
}
