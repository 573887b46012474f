/// Climates with faults of the nodes.
extension Draft {
  mutating func slowTables() {
    begin(nodes: dice.number(2..<4), seconds: 10_800)
    flows(20, every: 60)
    let delay = dice.number(1...5)
    everywhere(at: 0, lasts: 10_800) { .delay($0, delay, only: [.bulk, .buckets, .differences]) }
    for node in 0..<count { add(.restartProxy(node), at: 100 + 60 * Double(node) + dice.number(0...5)) }
  }

  mutating func rollingRestarts() {
    begin(nodes: dice.number(3..<6), seconds: 9000)
    flows(20, every: 90)
    for round in [200.0, 4500.0] {
      for node in 0..<count {
        add(.restartHost(node), at: round + 290 / Double(count) * Double(node) + dice.number(0...5))
      }
    }
    let delay = dice.number(0...2)
    everywhere(at: 0, lasts: 9000) { .delay($0, delay, only: [.bulk, .differences]) }
  }

  mutating func shortTimeouts() {
    begin(nodes: 3, seconds: 600)
    for node in 0..<3 {
      scenario.nodes[node].timeouts.udp = 10
      scenario.nodes[node].timeouts.tcpEstablished = 20
      scenario.nodes[node].timeouts.tcpTransitory = 8
      scenario.nodes[node].timeouts.icmp = 6
    }
    scenario.masks = 3
    for proto in 0..<3 {
      for client in 0..<9 {
        var flow = Flow(
          client: client, from: 8 + dice.number(0...20), until: 600, every: dice.number(0.5...30))
        flow.proto = proto
        flow.server = dice.number(0..<2)
        scenario.traffic.append(flow)
      }
    }
    var at = 30.0
    while at < 560 {
      let lasts = dice.number(3...30)
      let victim = node()
      switch dice.number(0..<5) {
      case 0: add(.restartProxy(victim), at: at)
      case 1: add(.pause(victim), at: at, lasts: lasts)
      case 2: add(.moduleGone(victim), at: at, lasts: lasts)
      case 3: add(.overrun(victim), at: at)
      default: add(.takeover(to: victim), at: at)
      }
      if dice.chance(0.1) {
        add(.staticBinding(victim, client: dice.number(0..<9), mask: dice.number(0..<3)), at: at + 1)
      }
      at += lasts + dice.number(5...25)
    }
  }

  mutating func limits() {
    begin(nodes: 3, seconds: 1500)
    flows(30, every: dice.number(5...40), until: 600)
    var at = dice.number(60...200)
    var timeouts = Timeouts()
    if dice.chance(0.3) {
      timeouts.tcpEstablished = 40 * 86_400
      for node in 0..<3 { scenario.nodes[node].timeouts = timeouts }
    }
    timeouts.udp = dice.number(20...600)
    timeouts.tcpEstablished = dice.number(100...9000)
    for node in 0..<(dice.chance(0.5) ? 1 : 3) {
      add(.timeouts(node, timeouts), at: at)
      at += dice.number(0...100)
    }
  }

  mutating func clocks() {
    begin(nodes: 3, seconds: 7200)
    flows(20, every: dice.number(10...60))
    for node in 0..<3 {
      scenario.nodes[node].wallSkew = dice.number(-36_000...36_000)
      scenario.nodes[node].drift = dice.number(-200...200)
    }
    for _ in 0..<dice.number(3..<12) {
      let at = dice.number(60...7000)
      switch dice.number(0..<3) {
      case 0: add(.restartProxy(node()), at: at)
      case 1: add(.takeover(to: node()), at: at)
      default: add(.restartHost(node()), at: at)
      }
    }
    var flow = Flow(client: 30, from: 100, until: 7000, every: 0.7)
    flow.clients = 6
    flow.through = [0, 1]
    scenario.traffic.append(flow)
  }

  mutating func pauses() {
    begin(nodes: 3, seconds: 7200)
    flows(30, every: dice.number(5...100))
    var at = 60.0
    while at < 5000 {
      let lasts = dice.chance(0.5) ? dice.number(6...60) : dice.number(60...2000)
      add(dice.chance(0.7) ? .pause(node()) : .suspend(node()), at: at, lasts: lasts)
      at += lasts + dice.number(10...300)
    }
  }

  mutating func copies() {
    begin(nodes: 4, seconds: 400)
    scenario.nodes[3].startsAt = nil
    let isSealed = dice.chance(0.4)
    for node in 0..<4 { scenario.nodes[node].isSealed = isSealed }
    flows(60, every: 3)
    let victim = dice.number(0..<3)
    add(.snapshot(victim), at: 30)
    let resumes = 30 + dice.number(2...100)
    add(.resume(victim), at: resumes)
    // Without a key, a node reacts to signs of a copy of itself only once per minute.
    add(.clone(dice.number(0..<3), as: 3), at: max(dice.number(150...250), resumes + (isSealed ? 0 : 65)))
    // The copies translate different packets.
    var flow = Flow(client: 60, from: 160, until: 390, every: 0.5)
    flow.clients = 200
    flow.through = [0, 1, 2, 3]
    flow.proto = 0
    scenario.traffic.append(flow)
  }

  mutating func mixed() {
    begin(nodes: dice.number(3..<5), seconds: 400)
    for node in 0..<count { scenario.nodes[node].format = .auto }
    scenario.nodes[count - 1].format = .legacy
    flows(30, every: 3)
    var flow = Flow(client: 30, from: 10, until: 300, every: 1)
    flow.clients = 20
    flow.proto = 0
    flow.through = [count - 1]
    scenario.traffic.append(flow)
    for _ in 0..<4 {
      var link = link()
      link.from = count - 1
      if link.to == link.from { link.to = 0 }
      add(.loss(link, share: dice.number(0.3...1)), at: dice.number(10...250), lasts: dice.number(1...20))
    }
    if dice.chance(0.3) { add(.lies(to: 0), at: 50, lasts: 40) }
  }

  mutating func twoGroups() {
    begin(nodes: 4, seconds: 300)
    for node in 2..<4 { scenario.nodes[node].group = 1 }
    flows(20, every: 2)
    var flow = Flow(client: 20, from: 8, until: 290, every: 0.3)
    flow.clients = 20
    flow.through = [2]
    scenario.traffic.append(flow)
    scenario.masks = 20
    scenario.nodes[dice.number(0..<4)].startsAt = dice.number(20...40)
    add(.restartHost(node()), at: dice.number(60...200))
    add(.flood(.otherVersion, to: node(), perSecond: 5), at: 100, lasts: 20)
  }

  mutating func everything() {
    begin(nodes: dice.number(2..<7), seconds: 900)
    flows(30, every: 3)
    var at = 20.0
    while at < 800 {
      let lasts = dice.number(0.5...25)
      for _ in 0..<dice.number(1..<6) { addAnything(at: at + dice.number(0...lasts), lasts: lasts) }
      at += 2 * lasts + dice.number(5...60)
    }
  }

  private mutating func addAnything(at: Double, lasts: Double) {
    switch dice.number(0..<12) {
    case 0: add(.loss(link(), share: dice.number(0.1...1)), at: at, lasts: lasts)
    case 1: add(.cut(link()), at: at, lasts: lasts)
    case 2: add(.delay(link(), dice.number(0...1), jitter: 0.5), at: at, lasts: lasts)
    case 3: add(.duplicate(link(), share: 0.5), at: at, lasts: lasts)
    case 4: add(.restartProxy(node()), at: at)
    case 5: add(.restartHost(node()), at: at)
    case 6: add(.pause(node()), at: at, lasts: lasts)
    case 7: add(.moduleGone(node()), at: at, lasts: lasts)
    case 8: add(.overrun(node()), at: at)
    case 9: add(.takeover(to: node()), at: at)
    case 10: add(.loss(link(), share: 1, only: [.update]), at: at, lasts: lasts)
    default: add(.suspend(node()), at: at, lasts: lasts)
    }
  }
}
