import JoolCore
import TestSupport

@testable import JoolSession

/// A transport to a responder in this process.
struct Loopback: KernelTransport {
  var table: SessionTable
  var responder: ModuleResponder
  var now: Instant
  private var queue: [[UInt8]] = []
  /// The number of datagrams received.
  private(set) var pages = 0

  init(
    _ sessions: some Sequence<SessionEntry> = [], profile: ModuleProfile = .sample, now: Instant = .now
  ) {
    guard var table = SessionTable(pool6: .wellKnown, now: now) else { preconditionFailure("pool6 is valid") }
    table.keepMasksInOrder()
    for session in sessions { _ = table.upsert(session, now: now) }
    self.table = table
    responder = ModuleResponder(profile: profile)
    self.now = now
  }

  mutating func send(_ datagram: [UInt8]) throws(JoolError) {
    queue += responder.respond(to: datagram, table: table, now: now)
  }

  mutating func receive(waiting: Bool) throws(JoolError) -> [UInt8]? {
    guard !queue.isEmpty else { return nil }
    pages += 1
    return queue.removeFirst()
  }
}

extension ModuleProfile {
  static var sample: Self {
    Self(
      instance: InstanceEntry(namespace: 0x4323_4600, framework: .netfilter, name: .default), pool6: .wellKnown)
  }
}
