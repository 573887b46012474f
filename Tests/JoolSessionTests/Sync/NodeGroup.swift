import JoolCore
import TestSupport

@testable import JoolSession

extension SyncNode {
  /// The time of day at which tests begin, in milliseconds since 1970.
  static let sampleTime: UInt64 = 1_800_000_000_000

  static func sample(_ number: Int, isFirst: Bool = true, clock: UInt64 = sampleTime, now: Instant) -> SyncNode {
    guard let table = SessionTable(pool6: .wellKnown, now: now) else { preconditionFailure("64:ff9b::/96 is a pool6") }
    return SyncNode(
      identity: Incarnation(UInt64(number) + 1), table: table, limits: SessionLimits(),
      seed: UInt64(number) + 1, isFirst: isFirst, clock: clock, now: now)
  }
}

/// Nodes without their proxies, on a network that loses only datagrams to unreachable nodes.
struct NodeGroup {
  static let step = TimeAmount.milliseconds(10)

  var nodes: [SyncNode]
  /// The sessions that were added to each module.
  var modules: [[SessionEntry]]
  /// The BIB entries that were removed from each module.
  private(set) var evictions: [[BIBEntry]]
  /// The records that each node has sent as updates.
  private(set) var records: [[SyncRecord]]
  /// The sessions that each node has sent to C proxies.
  private(set) var announcements: [[SessionEntry]]
  /// The nodes that receive nothing.
  var unreachable: Set<Int> = []
  private(set) var now = Instant.now

  /// Makes a group of nodes with empty tables.
  /// - `settled`: whether the nodes have received each other's hellos and have read their modules.
  init(count: Int, settled: Bool = true) {
    let start = now
    nodes = (0..<count).map { .sample($0, now: start) }
    modules = Array(repeating: [], count: count)
    evictions = Array(repeating: [], count: count)
    records = Array(repeating: [], count: count)
    announcements = modules
    guard settled else { return }
    pass(.seconds(3))
    for index in nodes.indices {
      nodes[index].beginAudit()
      nodes[index].finishAudit(completing: true, now: now)
    }
    pass(.seconds(1))
  }

  mutating func pass(_ duration: TimeAmount) {
    let end = now + duration
    while now < end {
      now += Self.step
      for index in nodes.indices {
        if nodes[index].nextDeadline <= now { nodes[index].advance(to: now) }
        drain(index)
        feed(index)
      }
    }
  }

  /// Advances the time while no node runs.
  mutating func skip(_ duration: TimeAmount) { now += duration }

  /// Delivers the pending output of a node at once.
  mutating func drain(_ sender: Int) {
    let output = nodes[sender].takeOutput(now: now)
    announcements[sender] += output.announcements
    for datagram in output.datagrams {
      if case .update(let updates)? = (try? SyncFrame(decoding: datagram.span.bytes, pool6: .wellKnown))?.body {
        records[sender] += updates
      }
      for index in nodes.indices where index != sender && !unreachable.contains(index) {
        // An invalid datagram would be a mistake of the test.
        try? nodes[index].receive(datagram.span.bytes, now: now)
      }
    }
  }

  /// The module of a node executes all requests.
  mutating func feed(_ index: Int) {
    while let request = nodes[index].nextStoreRequest(1000, now: now) {
      switch request {
      case .evict(let entry): evictions[index].append(entry)
      case .add(let sessions): modules[index] += sessions
      case .acknowledge, .readBIB, .readSessions, .readPool4: break
      }
      nodes[index].finished(request, .done, now: now)
    }
  }

  /// A node's record of a session.
  func record(_ session: SessionEntry, at index: Int) -> SyncRecord? {
    nodes[index].table.session(like: session, now: now).map { SyncRecord($0) }
  }

  /// Whether all tables are equal.
  var isEqual: Bool { nodes.allSatisfy { $0.table.rootDigest == nodes[0].table.rootDigest } }
}
