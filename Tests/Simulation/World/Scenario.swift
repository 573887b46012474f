/// Microseconds since the run began.
package typealias Moment = Int

extension Moment {
  /// - Parameter seconds: at most some 290,000 years.
  package static func seconds(_ seconds: Double) -> Moment { Moment((seconds * 1_000_000).rounded()) }

  package var inSeconds: Double { Double(self) / 1_000_000 }
}

/// A run, complete: it can be written down, repeated, and made shorter.
package struct Scenario: Codable, Equatable, Sendable {
  /// The distribution that it was drawn from, or the name of a recorded fault.
  package var climate: String
  package var seed: UInt64
  package var nodes: [NodePlan]
  package var traffic: [Flow] = []
  package var faults: [Fault] = []
  /// Seconds.
  package var duration: Double
  /// How many masks pool4 has for each protocol; `nil`: enough for all clients.
  package var masks: Int?
  /// Seconds in which whoever starts beside a node with sessions is ready once it has a table (`promptStart`); `nil`: the property
  /// is not looked at.
  package var readyWithin: Double?
  /// For tests of the oracle: what node 1 does wrong.
  package var lie: Lie?

  package init(climate: String, seed: UInt64, nodes: [NodePlan], duration: Double) {
    self.climate = climate
    self.seed = seed
    self.nodes = nodes
    self.duration = duration
  }
}

/// What a node is like.
package struct NodePlan: Codable, Equatable, Sendable {
  package enum Format: String, Codable, Sendable { case ss2, auto, legacy }

  package var format = Format.ss2
  /// Seconds; `nil`: it is started by a fault (`clone`).
  package var startsAt: Double? = 0
  package var isSealed = false
  /// Nodes of different groups have another pool6.
  package var group = 0
  /// Seconds that the wall clock is ahead.
  package var wallSkew = 0.0
  /// Millionths that the monotonic clock is faster.
  package var drift = 0.0
  package var timeouts = Timeouts()
  /// Whose sessions the module has at the start.
  package var clients = 0..<0
  /// Seconds since their last packets.
  package var idle = 0.0
  /// Microseconds that the module takes for each session that it is given.
  package var moduleSpeed = 5

  package init() {}
}

/// Of a module, in seconds.
package struct Timeouts: Codable, Equatable, Sendable {
  package var tcpEstablished = 7200.0
  package var tcpTransitory = 240.0
  package var udp = 300.0
  package var icmp = 60.0

  package init() {}

  /// How long a packet keeps a session alive, by protocol and timer (0: established).
  func life(_ proto: Int, _ timer: UInt8) -> Moment {
    switch (proto, timer) {
    case (0, 0): .seconds(tcpEstablished)
    case (0, _): .seconds(tcpTransitory)
    case (1, _): .seconds(udp)
    default: .seconds(icmp)
    }
  }
}

/// Packets of some clients.
package struct Flow: Codable, Equatable, Sendable {
  /// The first of `clients` clients that take turns.
  package var client: Int
  package var clients = 1
  package var server = 0
  /// As on the wire: 0 TCP, 1 UDP, 2 ICMP.
  package var proto = 1
  /// Seconds.
  package var from: Double
  package var until: Double
  /// Seconds from one packet to the next.
  package var every: Double
  /// How many clients have a packet each time.
  package var burst = 1
  /// Whether each packet changes the state of a TCP session, and so is news.
  package var flaps = false
  /// Whose modules translate it in turn; empty: the node that has the addresses.
  package var through: [Int] = []

  package init(client: Int, from: Double, until: Double, every: Double) {
    self.client = client
    self.from = from
    self.until = until
    self.every = every
  }
}
