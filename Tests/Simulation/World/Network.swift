/// The network, on which every datagram goes to all other nodes.
///
/// Random decisions are hashes of the sender, the receiver, the type, and the number of such datagrams before.
struct Network {
  struct Datagram {
    let bytes: [UInt8]
    let from: Int
    let to: Int
    let sent: Moment
  }

  /// The time in microseconds that a datagram takes without faults.
  static let latency: Moment = 500
  static let outsider = -1

  private let seed: UInt64
  private let count: Int
  /// The current faults of links.
  private var faults: [(number: Int, kind: Fault.Kind)] = []
  private var ordinals: [UInt64]
  /// The time at which each link has sent its queue.
  private var busyUntil: [Moment]
  private(set) var store: [Datagram?] = []
  private var free: [Int] = []

  init(seed: UInt64, nodes: Int) {
    self.seed = seed
    count = nodes
    ordinals = Array(repeating: 0, count: nodes * nodes * 256)
    busyUntil = Array(repeating: 0, count: nodes * nodes)
  }

  mutating func begin(_ number: Int, _ kind: Fault.Kind) { faults.append((number, kind)) }

  mutating func end(_ number: Int) { faults.removeAll { $0.number == number } }

  /// Sends a datagram to a node: once, more than once or not at all.
  ///
  /// Calls `arrives` with the place in the store and the time of arrival.
  mutating func send(_ bytes: [UInt8], from: Int, to: Int, now: Moment, arrives: (Int, Moment) -> Void) {
    let type = bytes.count > 3 && bytes[0] == 0 && bytes[1] == 0 ? bytes[3] : 0
    let link = Link(from, to)
    let place = from * count + to
    ordinals[place << 8 | Int(type)] += 1
    let ordinal = ordinals[place << 8 | Int(type)]
    var due = now + Self.latency
    var copies = 1
    for (_, kind) in faults {
      let chance = Dice.hash(seed, UInt64(place), UInt64(type), ordinal, UInt64(Self.code(kind)))
      switch kind {
      case .loss(link, let share, let only) where Self.concerns(only, type):
        if Dice.share(chance) < share { return }
      case .cut(link): return
      case .delay(link, let delay, let jitter, let only) where Self.concerns(only, type):
        due += .seconds(delay + jitter * Dice.share(chance))
      case .duplicate(link, let share): if Dice.share(chance) < share { copies = 2 }
      case .bandwidth(link, let rate, let queue):
        let waits = max(busyUntil[place] - now, 0)
        if waits * rate / 1_000_000 > queue { return }
        busyUntil[place] = now + waits + bytes.count * 1_000_000 / max(rate, 1)
        due += busyUntil[place] - now
      default: continue
      }
    }
    for copy in 0..<copies {
      put(Datagram(bytes: bytes, from: from, to: to, sent: now), at: due + copy * 137, arrives)
    }
  }

  mutating func put(_ datagram: Datagram, at due: Moment, _ arrives: (Int, Moment) -> Void) {
    if let place = free.popLast() {
      store[place] = datagram
      arrives(place, due)
    } else {
      store.append(datagram)
      arrives(store.count - 1, due)
    }
  }

  mutating func take(_ place: Int) -> Datagram? {
    free.append(place)
    defer { store[place] = nil }
    return store[place]
  }

  private static func concerns(_ only: [FrameType]?, _ type: UInt8) -> Bool {
    only?.contains(where: { $0.rawValue == type }) ?? true
  }

  /// A number for each kind of fault, so that two faults of one datagram are independent.
  private static func code(_ kind: Fault.Kind) -> Int {
    switch kind {
    case .loss: 1
    case .delay: 2
    case .duplicate: 3
    default: 0
    }
  }
}
