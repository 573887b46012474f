/// `hostile-benchmark [COUNT]`: sends COUNT bad datagrams of each kind to a sealed proxy, without sockets, while its
/// peer continues to send sessions. The exit status is 1 if one of them was accepted, if a session is missing, or if
/// memory has grown.
internal import BenchmarkSupport
internal import Glibc
internal import JoolCore
internal import JoolSession

let count = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 1_000_000
let format = RecordLayout.packed36
let workload = Workload(count: 100_000, sessionsPerClient: 1)
var random = SystemRandomNumberGenerator()
let (near, far) = (IPv6Address(bits: 1), IPv6Address(bits: 2))

/// Two connected proxies, and all datagrams that the first one has sent.
@MainActor struct Pair {
  private(set) var sender: SessionProxy
  private(set) var receiver: SessionProxy
  private(set) var recorded: [[UInt8]] = []
  private(set) var announced = 0
  var now = Instant.now

  init(key: String) throws {
    guard let pool6 = Workload.pool6 else { fatalError("pool6") }
    let keys = try KeyRing(parsing: key, name: "benchmark")
    sender = SessionProxy(instance: .default, seed: 1, keys: keys)
    receiver = SessionProxy(instance: .default, seed: 2, keys: keys)
    let kernel = SessionProxy.Kernel(format: format, pool6: pool6, limits: SessionLimits(), isEnabled: true)
    sender.attached(kernel, now: now)
    receiver.attached(kernel, now: now)
    for _ in 0..<400 { pass() }
  }

  /// Passes 10 ms.
  mutating func pass(isRecorded: Bool = false) {
    now += .milliseconds(10)
    for datagram in sender.takeDatagrams(now: now) {
      _ = receiver.received(datagram: datagram.span.bytes, length: datagram.count, from: near, now: now)
      if isRecorded { recorded.append(datagram) }
    }
    for datagram in receiver.takeDatagrams(now: now) {
      _ = sender.received(datagram: datagram.span.bytes, length: datagram.count, from: far, now: now)
    }
    sender.advance(to: now)
    receiver.advance(to: now)
    if let request = receiver.nextStoreRequest(now: now) { receiver.finished(request, .done, now: now) }
  }

  /// Announces a new session.
  mutating func announceSession(isRecorded: Bool = false) throws {
    let session = workload.session(announced, timer: .established, expiration: 240_000)
    announced += 1
    try sender.learn(records: format.encode([session]).span.bytes, now: now)
    for _ in 0..<5 { pass(isRecorded: isRecorded) }
  }

  /// Passes a datagram to the receiver.
  ///
  /// - Returns: whether the receiver accepted the datagram.
  mutating func accepts(_ datagram: [UInt8]) -> Bool {
    if case .heard = receiver.received(datagram: datagram.span.bytes, length: datagram.count, from: near, now: now) {
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
  try pair.announceSession(isRecorded: true)
  try other.announceSession(isRecorded: true)
}
let clock = ProcessorClock()
let before = Memory.now()
var accepted = 0
for (name, make) in kinds {
  var time = Duration.zero
  for number in 0..<count {
    let datagram = make(pair.recorded[number % pair.recorded.count], other)
    let began = clock.now
    if pair.accepts(datagram) { accepted += 1 }
    time += clock.now - began
    if number % 10_000 == 5000 { try pair.announceSession() }
  }
  print("  \(count) \(name): \(Int(time / .nanoseconds(1)) / max(count, 1)) ns each")
}
for _ in 0..<100 { pair.pass() }
let after = Memory.now()
let sessions = pair.receiver.status(now: pair.now).sessions
print("  accepted: \(accepted); sessions: \(sessions) of \(pair.announced);", terminator: " ")
print("resident memory \(before.resident / 1024) → \(after.resident / 1024) KiB")
exit(accepted == 0 && sessions == UInt64(pair.announced) && after.resident < before.resident + 8 << 20 ? 0 : 1)
