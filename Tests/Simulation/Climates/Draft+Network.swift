/// Climates with faults of the network.
extension Draft {
  mutating func calm() {
    begin(nodes: dice.number(2..<5), seconds: 7200)
    flows(dice.number(5..<30), every: dice.number(5...60), until: 5000)
    // A flow whose packets pass through two nodes.
    var flow = Flow(client: 40, from: 10, until: 2000, every: 1)
    flow.through = [0, 1]
    scenario.traffic.append(flow)
  }

  mutating func lossy() {
    begin(nodes: dice.number(2..<9), seconds: 60)
    flows(20, every: 2, until: 58)
    var (share, twice, jitter) = (dice.number(0.05...0.4), dice.number(0...0.3), dice.number(0...0.2))
    // Often draw the conditions under which a simulation of version 2 found nodes that never became ready (A.12).
    if dice.chance(0.3) { (share, twice, jitter) = (0.4, 0.3, 0.2) }
    everywhere(at: 0, lasts: 40) { .loss($0, share: share) }
    everywhere(at: 0, lasts: 40) { .duplicate($0, share: twice) }
    everywhere(at: 0, lasts: 45) { .delay($0, 0, jitter: jitter) }
    for _ in 0..<dice.number(1..<5) {
      let victim = node()
      add(dice.chance(0.5) ? .restartProxy(victim) : .restartHost(victim), at: dice.number(5...38))
    }
    for _ in 0..<dice.number(0..<3) { partition(at: dice.number(5...30), lasts: dice.number(1...9)) }
  }

  /// Adds a partition of the group.
  private mutating func partition(at: Double, lasts: Double) {
    let first = dice.number(1..<count)
    for one in 0..<first {
      for other in first..<count {
        add(.cut(Link(one, other)), at: at, lasts: lasts)
        add(.cut(Link(other, one)), at: at, lasts: lasts)
      }
    }
  }

  mutating func oneWay() {
    begin(nodes: 3, seconds: 900)
    flows(40, every: 4)
    var at = dice.number(60...130)
    while at < 800 {
      let lasts = dice.number(3...90)
      add(.cut(link()), at: at, lasts: lasts)
      if dice.chance(0.4) { add(.loss(link(), share: dice.number(0.2...1), only: [.update]), at: at, lasts: lasts) }
      if dice.chance(0.3) { add(.cut(link()), at: at + dice.number(0...lasts), lasts: lasts) }
      at += lasts + dice.number(1...100)
    }
  }

  mutating func starts() {
    begin(nodes: 3, seconds: 60)
    flows(30, every: 1, from: 7)
    let late = dice.number(0..<3)
    scenario.nodes[late].startsAt = dice.number(20...30)
    let start = scenario.nodes[late].startsAt ?? 20
    switch dice.number(0..<4) {
    case 0:
      // The link of a booting host forwards only after some seconds.
      for other in 0..<3 where other != late {
        add(.cut(Link(late, other)), at: start - 1, lasts: 8)
        add(.cut(Link(other, late)), at: start - 1, lasts: 8)
      }
    case 1:
      // The other two have lost many updates of each other and are mending.
      let (one, two) = ((late + 1) % 3, (late + 2) % 3)
      for link in [Link(one, two), Link(two, one)] { add(.loss(link, share: 1), at: start - 8, lasts: 8.1) }
      everywhere(at: 0, lasts: 60) { .delay($0, 1.2, only: [.bulk, .buckets, .differences]) }
      both(one, two, from: start - 8, until: start)
    case 2:
      add(.restartHost((late + 1) % 3), at: start + dice.number(-0.5...1))
      let delay = dice.number(0...1)
      everywhere(at: 0, lasts: 60) { .delay($0, delay, only: [.bulk]) }
    default:
      everywhere(at: start, lasts: 5) { .loss($0, share: 0.3) }
    }
  }

  /// Adds many updates on both sides of a cut.
  mutating func both(_ one: Int, _ two: Int, from: Double, until: Double) {
    for (side, node) in [one, two].enumerated() {
      var flow = Flow(client: 100 + 3000 * side, from: from, until: until, every: 0.001)
      flow.clients = 3000
      flow.burst = 5
      flow.flaps = true
      flow.proto = 0
      flow.through = [node]
      scenario.traffic.append(flow)
    }
    scenario.masks = 6200
  }

  mutating func meeting() {
    begin(nodes: 2, seconds: 180)
    let most = dice.chance(0.3) ? 20_000 : 2000
    for node in 0..<2 {
      let first = node * dice.number(0..<most)
      scenario.nodes[node].clients = first..<first + dice.number(0..<most)
    }
    flows(20, every: 2)
    let until = dice.number(10...40)
    for link in [Link(0, 1), Link(1, 0)] { add(.cut(link), at: 0, lasts: until + dice.number(0...0.2)) }
    if dice.chance(0.5) { everywhere(at: 0, lasts: 180) { .delay($0, 0.2, only: [.bulk, .buckets]) } }
  }

  mutating func load() {
    begin(nodes: dice.number(2..<4), seconds: 60)
    var flow = Flow(client: 0, from: 8, until: 50, every: 0.005)
    flow.clients = 30_000
    flow.burst = dice.number(10..<100)
    flow.flaps = true
    flow.proto = 0
    scenario.traffic.append(flow)
    let slow = node()
    add(.moduleSpeed(slow, microseconds: dice.number(5..<25)), at: 5, lasts: 50)
    add(.restartProxy((slow + 1) % count), at: dice.number(15...25))
    add(.overrun(slow), at: dice.number(25...35))
    if dice.chance(0.5) { add(.bandwidth(link(), bytesPerSecond: 8_000_000, queue: 400_000), at: 8, lasts: 40) }
  }

  mutating func floods() {
    begin(nodes: 3, seconds: 300)
    flows(30, every: 3)
    var at = 20.0
    for kind in FloodKind.allCases {
      let rate = kind == .madSequences ? 1 : dice.number(5..<300)
      add(.flood(kind, to: node(), perSecond: rate), at: at, lasts: dice.number(5...20))
      if dice.chance(0.3) { add(.restartProxy(node()), at: at + dice.number(0...10)) }
      at += 40
    }
  }
}
