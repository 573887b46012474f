import JoolCore
import JoolSession

/// A host with a proxy, its module, its socket and its clocks.
struct SimulatedNode {
  /// The socket's buffer in bytes.
  ///
  /// Datagrams that do not fit are dropped.
  static let socketSize = 20_000_000
  /// The number of sessions in a message of the module.
  static let message = 36
  /// The number of sessions that the module can queue.
  static let capacity = 2000
  /// The largest number of datagrams that are read in a turn.
  static let batch = 64
  /// The shortest duration of a turn, in microseconds.
  static let turnTime: Moment = 100

  struct ReceivedDatagram {
    let bytes: [UInt8]
    let from: Int
    let at: Moment
  }

  let plan: NodePlan
  let seed: UInt64
  var core: NodeUnderTest
  var module: SimulatedModule
  var clock: NodeClock
  /// Whether the node was started.
  var isUp = false
  var isPaused = false
  var isSuspended = false
  /// Whether the module is there; for a mirror, which has none, always true.
  var isAttached = true
  /// The snapshots of a mirror.
  var disk = MirrorDisk()
  /// The number of starts of the machine.
  var boots: UInt128 = 1
  /// The times at which a mirror looks at its peers, and takes a snapshot.
  var nextCheck = NodeClock.origin
  var nextSnapshot = NodeClock.origin
  /// The number of the proxy's starts.
  var starts: UInt64 = 0
  var moduleSpeed: Int
  private(set) var socket: [ReceivedDatagram] = []
  private var firstInSocket = 0
  private var bytesInSocket = 0
  private(set) var dropped = 0
  /// The sessions that the module has announced and the proxy has not read.
  private var announced: [SessionEntry] = []
  /// The numbers of the sessions that the module will announce after that message was read.
  private var unannounced: [Int] = []
  var losesAnnouncements = false
  private var hasOverrun = false
  /// The time at which the next turn is due, and the end of the last turn.
  var wakes = Moment.max
  var busyUntil: Moment = 0
  /// The state of the node's random numbers, which copies do not share.
  var chance: UInt64
  /// The number of the node in its frames.
  var number: UInt64 = 0
  /// The datagrams of the last turn.
  var sent: [[UInt8]] = []
  /// Whether the table may have changed since the oracle read it.
  var isTouched = true
  /// The number of datagrams of other nodes that could not be decoded.
  private(set) var unreadable = 0
  /// The wrong behaviour of a mirror.
  var lie: Lie?
  /// Whether a mirror could not read its own snapshot.
  var hasRefusedSnapshot = false

  init(_ plan: NodePlan, _ addresses: AddressPlan, seed: UInt64) {
    self.plan = plan
    self.seed = seed
    core = NodeUnderTest(plan, seed: seed)
    module = SimulatedModule(addresses, timeouts: plan.timeouts, pool6: core.pool6)
    clock = NodeClock(plan)
    moduleSpeed = plan.moduleSpeed
    chance = seed
  }

  static func address(of node: Int) -> IPv6Address { IPv6Address(bits: 0xFE80 << 112 | UInt128(node + 2)) }

  /// Whether the proxy runs.
  var isRunning: Bool { isUp && !isPaused && !isSuspended }

  func time(_ now: Moment) -> NodeUnderTest.Time {
    NodeUnderTest.Time(now: clock.instant(now), wall: clock.wall(now))
  }

  /// Starts the proxy, for the first time or again.
  mutating func start(_ now: Moment) {
    starts += 1
    isUp = true
    core = NodeUnderTest(plan, seed: Dice.hash(seed, starts))
    socket = []
    (firstInSocket, bytesInSocket) = (0, 0)
    announced = []
    unannounced = []
    hasOverrun = false
    isTouched = true
    if isMirror { startMirror(now) } else if isAttached { core.attach(module.timeouts, time(now)) }
    number = core.number
  }

  mutating func receive(_ bytes: [UInt8], from sender: Int, now: Moment) {
    guard isUp, !isSuspended, bytesInSocket + bytes.count + 512 <= Self.socketSize else {
      dropped += 1
      return
    }
    bytesInSocket += bytes.count + 512
    socket.append(ReceivedDatagram(bytes: bytes, from: sender, at: now))
  }

  /// Announces a session: at once if the message has room, and otherwise after that message was acknowledged.
  mutating func announce(_ session: SessionEntry, number: Int) {
    guard isUp, !losesAnnouncements else { return }
    if announced.count < Self.message { announced.append(session) } else { unannounced.append(number) }
  }

  /// Loses the module's announcements and notifies the proxy.
  mutating func overrun() {
    announced = []
    unannounced = []
    hasOverrun = true
  }

  /// Performs a turn of the proxy's loop.
  ///
  /// The sent datagrams are in `sent`.
  mutating func turn(_ now: Moment) {
    let time = time(now)
    chance = Dice.hash(chance)
    if core.begin(time, chance: chance) { (announced, unannounced) = ([], []) }
    if hasOverrun {
      hasOverrun = false
      core.overran()
    }
    learn(time, local: clock.local(now))
    let end = min(socket.count, firstInSocket + Self.batch)
    while firstInSocket < end {
      let arrival = socket[firstInSocket]
      firstInSocket += 1
      bytesInSocket -= arrival.bytes.count + 512
      hear(arrival, time, now)
    }
    if firstInSocket == socket.count {
      socket.removeAll(keepingCapacity: true)
      firstInSocket = 0
    }
    let isAuditing = core.isAuditing
    let given = core.turn(
      time, local: clock.local(now), module: &module, isAttached: isAttached && !isMirror, chance: chance
    ) { sent += $0 }
    if isMirror { checkMirror(now) }
    number = core.number
    if given > 0 || isAuditing { isTouched = true }
    busyUntil = now + Self.turnTime + given * moduleSpeed
    let rest = firstInSocket < socket.count ? now : deadline.map { clock.moment($0, now) } ?? .max
    wakes = max(rest, busyUntil)
  }

  private var deadline: Instant? {
    isMirror ? min(core.deadline ?? nextCheck, nextCheck) : core.deadline
  }

  private mutating func learn(_ time: NodeUnderTest.Time, local: Moment) {
    guard !announced.isEmpty else { return }
    if unannounced.count > Self.capacity {
      unannounced.removeAll()
      core.overran()
    }
    // Only sessions that the module still has are announced.
    for number in unannounced where module.has(number, now: local) {
      announced.append(module.entry(number, now: local))
    }
    unannounced.removeAll(keepingCapacity: true)
    core.learn(announced, time)
    announced.removeAll(keepingCapacity: true)
    isTouched = true
  }

  private mutating func hear(_ arrival: ReceivedDatagram, _ time: NodeUnderTest.Time, _ now: Moment) {
    let type = arrival.bytes.count > 3 ? arrival.bytes[3] : 0
    if type != 1, type != 7, type != 8, type != 10 { isTouched = true }
    let isRead = core.receive(
      arrival.bytes, from: Self.address(of: arrival.from), waited: .microseconds(now - arrival.at), time)
    if !isRead, arrival.from >= 0 { unreadable += 1 }
  }
}
