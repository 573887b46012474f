/// `sync-benchmark [COUNT]`: measures the cost of a record in a proxy, without its sockets: processor time and heap
/// allocations. The exit status is 1 if a datagram needs more than a few allocations, because under load their number
/// must not grow with the records.
///
/// `sync-benchmark PHASE COUNT` only runs a part (`Phase`), so that another program can count its instructions.
internal import BenchmarkSupport
internal import CAllocations
internal import Glibc
internal import JoolCore
internal import JoolSession

/// The most allocations per full datagram: lists of its records, resulting datagrams, and their queues.
let allocationsPerDatagram = 6.0

let arguments = Array(CommandLine.arguments.dropFirst())
if let phase = arguments.first.flatMap(Phase.init) {
  guard arguments.count == 2, let count = Int(arguments[1]), 0...Phase.maxCount ~= count else {
    print("Usage: sync-benchmark \(phase.rawValue) COUNT (at most \(Phase.maxCount))")
    exit(2)
  }
  try phase.run(count)
  exit(0)
}

let traffic = Traffic(count: max(arguments.first.flatMap { Int($0) } ?? 100_000, 1000))
let count = traffic.workload.count
let clock = ProcessorClock()
let start = Instant.now
var isFrugal = true

/// Measures a part of the way.
///
/// `body` returns the number of datagrams that it has sent or received.
@MainActor func measure(_ name: String, _ body: () throws -> Int) rethrows {
  let (allocations, began) = (allocations_of_this_thread(), clock.now)
  let datagrams = try body()
  let (used, asked) = (clock.now - began, allocations_of_this_thread() - allocations)
  let perDatagram = Double(asked) / Double(datagrams)
  print("  \(name): \(Int(used / .nanoseconds(1)) / count) ns per record, \(asked) allocations,", terminator: " ")
  print("\(Double(Int(perDatagram * 100)) / 100) per datagram")
  if perDatagram > allocationsPerDatagram { isFrugal = false }
}

var sender = SessionProxy.ready(seed: 1, at: start)
var receiver = SessionProxy.ready(seed: 2, at: start)
sender.meet(&receiver, at: start + .seconds(8))

print("\(count) sessions")
let first = start + .seconds(13)
var frames: [[UInt8]] = []
frames.reserveCapacity(traffic.announcements.count * 2 + 100)
try measure("new sessions to the network (the table grows)") {
  try sender.announce(traffic.announcements, at: first) { frames.append($0) }
  return frames.count
}
measure("new sessions from the network to the module (the table grows)") {
  receiver.receive(frames, at: first + .seconds(1))
  return frames.count
}
try measure("packets of sessions that peers know") {
  try sender.announce(traffic.announcements, at: first + .seconds(2)) { _ in }
  return traffic.announcements.count
}
frames.removeAll(keepingCapacity: true)
let second = first + .seconds(1900)
try measure("refreshes to the network") {
  try sender.announce(traffic.announcements, at: second) { frames.append($0) }
  return frames.count
}
measure("refreshes from the network to the module") {
  receiver.receive(frames, at: second + .seconds(1))
  return frames.count
}
guard receiver.status(now: second + .seconds(2)).sessions == UInt64(count) else {
  fatalError("sessions are missing at the peer")
}

/// The cost under light load, when each packet wakes the proxy.
let beganTurns = clock.now
try sender.turn(count, message: traffic.single(1), at: second + .seconds(2))
let turns = clock.now - beganTurns
print("  a packet alone, and a turn of the event loop: \(Int(turns / .nanoseconds(1)) / count) ns")

/// Two connected proxies.
@MainActor struct Pair {
  private var near: SessionProxy
  private var far: SessionProxy

  init(keys: KeyRing?) {
    (near, far) = (.ready(seed: 3, keys: keys, at: start), .ready(seed: 4, keys: keys, at: start))
    near.meet(&far, at: start + .seconds(8))
  }

  /// Announces packets of all sessions, so late that each must be sent.
  /// - Returns: the processor time per session in nanoseconds.
  mutating func refresh(_ announcements: [[UInt8]], records: Int, at now: Instant) throws -> Double {
    let began = clock.now
    for (index, announcement) in announcements.enumerated() {
      let now = now + Traffic.pause * index
      try near.learn(records: announcement.span.bytes, now: now)
      near.exchange(with: &far, now: now)
      far.takeRequests(now: now + .seconds(1))
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
try compareSealing(
  "\(Traffic.recordsPerDatagram) at once", announcements: traffic.announcements, records: count)
let few = count / 10
try compareSealing("one by one", announcements: (0..<few).map(traffic.single), records: few)
exit(isFrugal ? 0 : 1)
