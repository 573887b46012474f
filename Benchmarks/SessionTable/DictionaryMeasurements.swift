internal import BenchmarkSupport
internal import JoolCore
internal import JoolSession

/// The measurements of `DictionaryTable`, in the order of those of `SessionTable`.
func measureDictionary(_ bench: Bench) {
  let (workload, clock, start) = (bench.workload, ProcessorClock(), Instant.now)
  var table = DictionaryTable()
  var checksum = 0
  bench.measure("making the samples (part of every figure)") { checksum += Int(workload.session($0).source4.port) }

  let before = Memory.now()
  bench.measure("insert, growing from empty", inTurn: true) { _ = table.upsert(workload.session($0), now: start) }
  bench.reportMemory(since: before)
  print("  \(table.count) sessions, \(table.bibCount) BIB entries")

  let later = start + .milliseconds(500)
  bench.measure("update: expiration only") {
    checksum += table.upsert(workload.session($0, expiration: 300_000), now: later) ? 0 : 1
  }
  bench.measure("update: timer, shorter expiration") {
    let session = workload.session($0, timer: .transitory, expiration: 240_000)
    checksum += table.upsert(session, now: later) ? 0 : 1
  }
  bench.measure("look up, IPv6 side") { checksum += table.session(like: workload.session($0)) == nil ? 1 : 0 }
  bench.measure("look up, IPv4 side") {
    let session = workload.session($0)
    let found = table.session(proto: session.proto, source4: session.source4, destination4: session.destination4)
    checksum += found == nil ? 1 : 0
  }
  bench.measure("look up, missing") {
    var session = workload.session($0)
    session.destination4 = TransportAddress(session.destination4.address, 80)
    checksum += table.session(like: session) == nil ? 0 : 1
  }
  bench.measure("remove, and insert again") {
    let session = workload.session($0, expiration: 1000 + UInt32($0 % 299_000))
    table.remove(session)
    _ = table.upsert(session, now: later)
  }
  bench.reportMemory(since: before)

  var deaths = 0
  var longest = Duration.zero
  let began = clock.now
  for step in 1...3100 {
    let stepBegan = clock.now
    deaths += table.expire(now: later + .milliseconds(100 * step))
    longest = max(longest, clock.now - stepBegan)
  }
  bench.report("expire \(deaths) within 5 minutes", clock.now - began)
  print("  longest 100 ms of them: \(longest); left: \(table.count)")

  var (slowest, other) = (Duration.zero, DictionaryTable())
  for number in 0..<workload.count {
    let session = workload.session(number)
    let insertBegan = clock.now
    _ = other.upsert(session, now: start)
    slowest = max(slowest, clock.now - insertBegan)
  }
  print("  slowest insert, a dictionary growing: \(slowest); checksum \(checksum)")
}
