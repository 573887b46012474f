/// `table-benchmark [dictionary] [COUNT [SESSIONS-PER-CLIENT]]`: measures the cost of `SessionTable` per session, or that
/// of a `Dictionary` with a heap. It measures one size per process, so that memory is only what that size needs. Times
/// are processor time, because other programs hardly affect it.
internal import BenchmarkSupport
internal import Glibc
internal import JoolCore
internal import JoolSession

let arguments = CommandLine.arguments.dropFirst().compactMap { Int($0) }.filter { $0 > 0 }
let workload = Workload(count: arguments.first ?? 1_000_000, sessionsPerClient: arguments.dropFirst().first ?? 1)
let bench = Bench(workload: workload)
let clock = ProcessorClock()
let start = Instant.now

print("\(workload.count) sessions, \(workload.sessionsPerClient) per BIB entry")
if CommandLine.arguments.contains("dictionary") {
  measureDictionary(bench)
  exit(0)
}
guard let pool6 = Workload.pool6, var table = SessionTable(pool6: pool6, now: start) else { fatalError("pool6") }
var checksum = 0
bench.measure("making the samples (part of every figure)") { checksum += Int(workload.session($0).source4.port) }

let before = Memory.now()
bench.measure("insert, growing from empty", inTurn: true) { _ = table.upsert(workload.session($0), now: start) }
bench.reportMemory(since: before)
print("  \(table.count) sessions, \(table.bibCount) BIB entries")

let later = start + .milliseconds(500)
bench.measure("update: expiration only") {
  checksum += table.upsert(workload.session($0, expiration: 300_000), now: later) == .inserted ? 1 : 0
}
bench.measure("update: timer, shorter expiration") {
  let session = workload.session($0, timer: .transitory, expiration: 240_000)
  checksum += table.upsert(session, now: later) == .inserted ? 1 : 0
}
bench.measure("look up, IPv6 side") { checksum += table.session(like: workload.session($0), now: later) == nil ? 1 : 0 }
bench.measure("look up, IPv4 side") {
  let session = workload.session($0)
  let found = table.session(
    proto: session.proto, source4: session.source4, destination4: session.destination4, now: later)
  checksum += found == nil ? 1 : 0
}
bench.measure("look up, missing") {
  var session = workload.session($0)
  session.destination4 = TransportAddress(session.destination4.address, 80)
  checksum += table.session(like: session, now: later) == nil ? 0 : 1
}
bench.measure("remove, and insert again") {
  let session = workload.session($0, expiration: 1000 + UInt32($0 % 299_000))
  _ = table.remove(proto: session.proto, source6: session.source6, destination4: session.destination4, now: later)
  _ = table.upsert(session, now: later)
}
var began = clock.now
table.forEach(now: later) { checksum += Int($0.entry.source4.port) }
bench.report("visit all", clock.now - began)
began = clock.now
let order = table.kernelOrder()
bench.report("sort all by expiration", clock.now - began)
began = clock.now
for handle in order { checksum += table.session(at: handle, now: later) == nil ? 1 : 0 }
bench.report("visit all in that order", clock.now - began)
began = clock.now
checksum += Int(truncatingIfNeeded: table.rootDigest)
print("  root digest: \(clock.now - began)")

var expired = 0
var longest = Duration.zero
began = clock.now
for step in 1...3100 {
  let stepBegan = clock.now
  expired += table.expire(now: later + .milliseconds(100 * step)) { checksum += Int($0.origin) }
  longest = max(longest, clock.now - stepBegan)
}
bench.report("expire \(expired) within 5 minutes", clock.now - began)
print("  longest 100 ms of that: \(longest); left: \(table.count)")

var (slowest, other) = (Duration.zero, SessionTable(pool6: pool6, now: start))
table.removeAll()
for number in 0..<workload.count {
  let session = workload.session(number)
  let insertBegan = clock.now
  _ = other?.upsert(session, now: start)
  slowest = max(slowest, clock.now - insertBegan)
}
print("  slowest insert (an index grows): \(slowest); checksum \(checksum)")

other?.removeAll()
for number in 0..<workload.count { _ = other?.upsert(workload.session(workload.shuffled(number)), now: start) }
if let other {
  let listing = Listing(other, now: start)
  let rest = Int(listing.otherPages / .nanoseconds(1)) / max(1, listing.sessions)
  print("  list \(listing.sessions) UDP sessions by pages: \(rest) ns per session,", terminator: " ")
  print("and the first page \(Int(listing.firstPage / .milliseconds(1))) ms")
}
