/// `sync-benchmark [COUNT]`: measures the cost of a record in a proxy, without its sockets: processor time and heap
/// allocations. The exit status is 1 if a datagram needs more than a few allocations, because under load their number
/// must not grow with the records.
internal import BenchmarkSupport
internal import CAllocations
internal import Glibc
internal import JoolCore
internal import JoolSession

/// The most allocations per full datagram: lists of its records, resulting datagrams, and their queues.
let allocationsPerDatagram = 16.0

let count = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 100_000
let workload = Workload(count: max(count, 1000), sessionsPerClient: 1)
let format = RecordLayout.packed36
let perDatagram = format.records(fitting: 1452)
let clock = ProcessorClock()
/// Timeouts so long that no session expires between two packets, and a refresh is due after half an hour.
let limits = {
  var limits = SessionLimits()
  (limits.udp, limits.icmp) = (limits.tcpEstablished, limits.tcpEstablished)
  return limits
}()
let start = Instant.now
var isFrugal = true

/// The sessions as the module announces them right after a packet.
let announcements: [[UInt8]] = stride(from: 0, to: workload.count, by: perDatagram).map { first in
  let sessions = (first..<min(first + perDatagram, workload.count)).map {
    var session = workload.session($0)
    session.timer = session.proto == .tcp ? .established : session.timer
    session.state = .established
    session.expiration = limits.timeout(of: session)
    return session
  }
  return format.encode(sessions)
}

@MainActor func measure(_ name: String, _ body: () throws -> Void) rethrows {
  let (allocations, began) = (allocations_of_this_thread(), clock.now)
  try body()
  let (used, asked) = (clock.now - began, allocations_of_this_thread() - allocations)
  let perBatch = Double(asked) / Double(announcements.count)
  print(
    "  \(name): \(Int(used / .nanoseconds(1)) / workload.count) ns per record, \(asked) allocations,", terminator: " ")
  print("\(Double(Int(perBatch * 100)) / 100) per \(perDatagram) records")
  if perBatch > allocationsPerDatagram { isFrugal = false }
}

/// A ready proxy without peers, with a module that has added everything.
@MainActor func makeProxy(seed: UInt64, keys: KeyRing? = nil) -> SessionProxy {
  guard let pool6 = Workload.pool6 else { fatalError("pool6") }
  var proxy = SessionProxy(instance: .default, format: .ss2, seed: seed, keys: keys)
  proxy.attached(
    SessionProxy.Kernel(format: format, pool6: pool6, limits: limits, isEnabled: true), now: start)
  for second in 0..<8 { proxy.advance(to: start + .seconds(second)) }
  for _ in 0..<2 {
    takeEverything(&proxy, now: start + .seconds(8))
    _ = proxy.takeDatagrams(now: start + .seconds(8))
    proxy.updateReadiness(now: start + .seconds(8))
  }
  proxy.advance(to: start + .seconds(8))
  guard proxy.nodeStatus.state == .ready else { fatalError("the proxy is not ready") }
  return proxy
}

/// Executes all requests to the proxy's module.
@MainActor func takeEverything(_ proxy: inout SessionProxy, now: Instant) {
  while let request = proxy.nextStoreRequest(now: now) { proxy.finished(request, .done, now: now) }
}

/// Exchanges the pending datagrams of two proxies.
@MainActor func exchange(_ one: inout SessionProxy, _ other: inout SessionProxy, now: Instant) {
  for datagram in one.takeDatagrams(now: now) {
    _ = other.received(datagram: datagram.span.bytes, length: datagram.count, from: IPv6Address(bits: 1), now: now)
  }
  for datagram in other.takeDatagrams(now: now) {
    _ = one.received(datagram: datagram.span.bytes, length: datagram.count, from: IPv6Address(bits: 2), now: now)
  }
  one.advance(to: now)
  other.advance(to: now)
}

/// Lets two proxies exchange hellos, because a proxy accepts no updates before both have received the other one.
@MainActor func introduce(_ one: inout SessionProxy, _ other: inout SessionProxy) {
  for tick in 0..<400 { exchange(&one, &other, now: start + .seconds(8) + .milliseconds(10 * tick)) }
}

/// The time between two datagrams of the module under load.
///
/// It makes the proxy send a hello now and then, without which peers accept only some thousand updates.
let pause = Duration.microseconds(50)

var sender = makeProxy(seed: 1)
var receiver = makeProxy(seed: 2)
introduce(&sender, &receiver)

/// Handles the module's announcements one datagram at a time, as the event loop does, and passes on the datagrams that
/// the proxy sends.
@MainActor func announce(at time: Instant, send: ([UInt8]) -> Void) throws {
  for (index, records) in announcements.enumerated() {
    let now = time + pause * index
    try sender.learn(records: records.span.bytes, now: now)
    for datagram in sender.takeDatagrams(now: now) { send(datagram) }
    if sender.nextDeadline ?? now <= now { sender.advance(to: now) }
  }
}

print("\(workload.count) sessions")
let first = start + .seconds(13)
var frames: [[UInt8]] = []
frames.reserveCapacity(announcements.count * 2 + 100)
try measure("new sessions to the network (the table grows)") { try announce(at: first) { frames.append($0) } }

/// Handles the datagrams of the peer, up to the requests to the module.
@MainActor func receiveFrames(at time: Instant) {
  for frame in frames {
    _ = receiver.received(
      datagram: frame.span.bytes, length: frame.count, from: IPv6Address(bits: 1), now: time)
    _ = receiver.takeDatagrams(now: time)
  }
  takeEverything(&receiver, now: time + .seconds(1))
}
measure("new sessions from the network to the module (the table grows)") { receiveFrames(at: first + .seconds(1)) }
try measure("packets of sessions that peers know") { try announce(at: first + .seconds(2)) { _ in } }
frames.removeAll(keepingCapacity: true)
let second = first + .seconds(1900)
try measure("refreshes to the network") { try announce(at: second) { frames.append($0) } }
measure("refreshes from the network to the module") { receiveFrames(at: second + .seconds(1)) }
guard receiver.status(now: second + .seconds(2)).sessions == UInt64(workload.count) else {
  fatalError("sessions are missing at the peer")
}

/// The cost under light load, when each packet wakes the proxy.
let single = format.encode([workload.session(1)])
let beganTurns = clock.now
for turn in 0..<workload.count {
  let now = second + .seconds(2) + .microseconds(100 * turn)
  try sender.learn(records: single.span.bytes, now: now)
  sender.advance(to: now)
  _ = sender.takeDatagrams(now: now)
  _ = sender.nextStoreRequest(now: now)
  sender.updateReadiness(now: now)
  _ = sender.nextDeadline
}
print(
  "  a packet alone, and a turn of the event loop: \(Int((clock.now - beganTurns) / .nanoseconds(1)) / workload.count) ns"
)

/// Two connected proxies.
@MainActor struct Pair {
  private var near: SessionProxy
  private var far: SessionProxy

  init(keys: KeyRing?) {
    (near, far) = (makeProxy(seed: 3, keys: keys), makeProxy(seed: 4, keys: keys))
    introduce(&near, &far)
  }

  /// Announces packets of all sessions, so late that each must be sent.
  /// - Returns: the processor time per session in nanoseconds.
  mutating func refresh(_ announcements: [[UInt8]], records: Int, at now: Instant) throws -> Double {
    let began = clock.now
    for (index, announcement) in announcements.enumerated() {
      let now = now + pause * index
      try near.learn(records: announcement.span.bytes, now: now)
      exchange(&near, &far, now: now)
      takeEverything(&far, now: now + .seconds(1))
    }
    let used = clock.now - began
    guard far.status(now: now).sessions >= UInt64(records) else { fatalError("sessions are missing at the peer") }
    return used / .nanoseconds(1) / Double(records)
  }
}

/// Measures the way from proxy to proxy, alternately with and without a seal.
@MainActor func compareSealing(_ name: String, announcements: [[UInt8]], records: Int) throws {
  var pairs = [Pair(keys: nil), Pair(keys: try KeyRing(parsing: KeyRing.newLine(id: 1), name: "benchmark"))]
  var times: [[Double]] = [[], []]
  for round in 0..<6 {
    for index in pairs.indices {
      let time = try pairs[index].refresh(
        announcements, records: records, at: first + .seconds(5 + 1900 * round))
      if round > 0 { times[index].append(time) }  // The first round fills the tables.
    }
  }
  let medians = times.map { $0.sorted()[$0.count / 2] }
  print(
    "  refreshes from proxy to proxy, \(name): \(Int(medians[0])) ns per record, sealed \(Int(medians[1])) ns",
    "(\(Int((medians[1] / medians[0] - 1) * 1000)) ‰ more)")
}
try compareSealing("\(perDatagram) at once", announcements: announcements, records: workload.count)
let few = workload.count / 10
try compareSealing(
  "one by one", announcements: (0..<few).map { format.encode([workload.session($0)]) }, records: few)
exit(isFrugal ? 0 : 1)
