import Glibc
import JoolCore
import Logging
import Synchronization
import TestSupport

@testable import JoolDaemon
@testable import JoolSession

/// A session table in memory, as a program may bring one in place of a module's.
struct MemoryStore: SessionStore, ~Copyable {
  let table: MemoryTable
  private(set) var nextCheck = Instant.now

  init(_ table: MemoryTable) { self.table = table }

  func watch(_ poller: inout Poller) { poller.watch(table.announcements.near.rawValue) }

  mutating func receive(
    into proxy: inout SessionProxy, ready poller: borrowing Poller, _ buffer: inout [UInt8], now: Instant, log: Logger
  ) {
    while let count = table.receive(into: &buffer) {
      try? proxy.learn(records: buffer.span.bytes.extracting(first: count), now: now)
    }
  }

  mutating func discardMessages(of proxy: inout SessionProxy, _ buffer: inout [UInt8], log: Logger) {
    while table.receive(into: &buffer) != nil {}
  }

  mutating func serve(_ proxy: inout SessionProxy, now: Instant, log: Logger) -> Instant {
    while let request = proxy.nextStoreRequest(now: now) {
      proxy.finished(request, table.carryOut(request), now: now)
    }
    return now
  }

  mutating func check(_ proxy: inout SessionProxy, log: Logger) {
    nextCheck = .now + .seconds(2)
    let kernel = SessionProxy.Kernel(
      format: .packed36, pool6: .wellKnown, limits: SessionLimits(), isEnabled: true)
    proxy.attached(kernel, clock: TimeOfDay.milliseconds, now: .now)
  }
}

/// The sessions of a `MemoryStore`, which the test and the proxy's thread share.
final class MemoryTable: Sendable {
  private let contents = Mutex<[SessionKey: SessionEntry]>([:])
  fileprivate let announcements: SocketPair

  init() throws { announcements = try SocketPair() }

  var sessions: [SessionEntry] { contents.withLock { Array($0.values) } }

  /// Creates a session, as the first packet of a connection does.
  func translate(_ session: SessionEntry) -> Bool {
    contents.withLock { $0[SessionKey(session)] = session }
    let records = RecordLayout.packed36.encode([session])
    return send(announcements.far.rawValue, records, records.count, 0) == records.count
  }

  fileprivate func receive(into buffer: inout [UInt8]) -> Int? {
    let count = recv(announcements.near.rawValue, &buffer, buffer.count, Int32(MSG_DONTWAIT))
    return count > 0 ? count : nil
  }

  fileprivate func carryOut(_ request: StoreRequest) -> StoreRequest.Outcome {
    switch request {
    case .readSessions(let proto, _): return .sessions(sessions.filter { $0.proto == proto }, hasMore: false)
    case .add(let added): contents.withLock { for session in added { $0[SessionKey(session)] = session } }
    case .evict(let entry): contents.withLock { $0 = $0.filter { $0.value.bibEntry != entry } }
    case .acknowledge, .readBIB, .readPool4: break
    }
    return .done
  }
}
