/// `hostile-benchmark [COUNT]`: sends COUNT bad datagrams of each kind to a sealed proxy, without sockets, while its
/// peer advertises sessions. Exits with 1 if a bad datagram was accepted, a session is missing, or the memory grew.
internal import BenchmarkSupport
internal import Glibc
internal import JoolCore
internal import JoolSession

let count = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 1_000_000
let format = SyncFormat.packed36
let workload = Workload(count: 100_000, sessionsPerClient: 1)
var random = SystemRandomNumberGenerator()
let (near, far) = (IPv6Address(bits: 1), IPv6Address(bits: 2))

/// Two proxies that exchange datagrams, and a record of the first one's datagrams.
@MainActor struct Pair {
  private(set) var speaker: SessionProxy
  private(set) var hearer: SessionProxy
  private(set) var recorded: [[UInt8]] = []
  private(set) var said = 0
  var now = Instant.now

  init(key: String) throws {
    guard let pool6 = Workload.pool6 else { fatalError("pool6") }
    let keys = try KeyRing(parsing: key, name: "benchmark")
    speaker = SessionProxy(instance: .default, seed: 1, keys: keys)
    hearer = SessionProxy(instance: .default, seed: 2, keys: keys)
    let kernel = SessionProxy.Kernel(format: format, pool6: pool6, limits: SessionLimits(), isEnabled: true)
    speaker.attached(kernel, now: now)
    hearer.attached(kernel, now: now)
    for _ in 0..<400 { pass() }
  }

  /// Advances the time by 10 ms and delivers the datagrams of both proxies.
  mutating func pass(isRecorded: Bool = false) {
    now += .milliseconds(10)
    for datagram in speaker.takeDatagrams(now: now) {
      _ = hearer.received(datagram: datagram.span.bytes, length: datagram.count, from: near, now: now)
      if isRecorded { recorded.append(datagram) }
    }
    for datagram in hearer.takeDatagrams(now: now) {
      _ = speaker.received(datagram: datagram.span.bytes, length: datagram.count, from: far, now: now)
    }
    speaker.advance(to: now)
    hearer.advance(to: now)
    if let request = hearer.nextStoreRequest(now: now) { hearer.finished(request, .done, now: now) }
  }

  /// Announces the first packet of a new session to the first proxy.
  mutating func speak(isRecorded: Bool = false) throws {
    let session = workload.session(said, timer: .established, expiration: 240_000)
    said += 1
    try speaker.learn(records: format.encode([session]).span.bytes, now: now)
    for _ in 0..<5 { pass(isRecorded: isRecorded) }
  }

  /// - Returns: Whether the second proxy accepted the datagram.
  mutating func hears(_ datagram: [UInt8]) -> Bool {
    if case .heard = hearer.received(datagram: datagram.span.bytes, length: datagram.count, from: near, now: now) {
      return true
    }
    return false
  }
}

let kinds: [(String, @MainActor ([UInt8], Pair) -> [UInt8])] = [
  (
    "forged",
    { datagram, _ in datagram[..<32] + (32..<datagram.count).map { _ in .random(in: .min ... .max, using: &random) } }
  ),
  ("replayed", { datagram, _ in datagram }),
  ("truncated", { datagram, _ in Array(datagram[..<Int.random(in: 0..<datagram.count, using: &random)]) }),
  (
    "damaged",
    { datagram, _ in
      var datagram = datagram
      datagram[Int.random(in: datagram.indices, using: &random)] ^= 1 << Int.random(in: 0..<8, using: &random)
      return datagram
    }
  ),
  ("of another key", { _, other in other.recorded[Int.random(in: other.recorded.indices, using: &random)] }),
  ("of C proxies", { _, _ in format.encode((50_000..<50_030).map { workload.session($0) }) }),
]

var pair = try Pair(key: KeyRing.newLine(id: 1))
var other = try Pair(key: KeyRing.newLine(id: 1))
for _ in 0..<100 {
  try pair.speak(isRecorded: true)
  try other.speak(isRecorded: true)
}
let clock = ProcessorClock()
let before = Memory.now()
var believed = 0
for (name, make) in kinds {
  var time = Duration.zero
  for number in 0..<count {
    let datagram = make(pair.recorded[number % pair.recorded.count], other)
    let began = clock.now
    if pair.hears(datagram) { believed += 1 }
    time += clock.now - began
    if number % 10_000 == 5000 { try pair.speak() }
  }
  print("  \(count) \(name): \(Int(time / .nanoseconds(1)) / max(count, 1)) ns each")
}
for _ in 0..<100 { pair.pass() }
let after = Memory.now()
let sessions = pair.hearer.status(now: pair.now).sessions
print("  believed: \(believed); sessions: \(sessions) of \(pair.said);", terminator: " ")
print("resident memory \(before.resident / 1024) → \(after.resident / 1024) KiB")
exit(believed == 0 && sessions == UInt64(pair.said) && after.resident < before.resident + 8 << 20 ? 0 : 1)
