/// The climate with mirrors: nodes without a module.
extension Draft {
  /// NAT64s and mirrors restart, alone and all at the same time, while links fail, processes stop and administrators
  /// remove mappings.
  mutating func mirrors() {
    begin(nodes: dice.number(2..<5), seconds: 900)
    let mirrors = drawMirrors()
    drawTerms(mirrors)
    drawTraffic()
    let last = dice.chance(0.5) ? 740.0 : 850
    var at = 40.0
    while at < last {
      let lasts = dice.number(0.5...25)
      addFault(of: mirrors, at: at, lasts: lasts)
      if dice.chance(0.4) { addFault(of: mirrors, at: at + dice.number(0...lasts), lasts: lasts) }
      if dice.chance(0.4) { addRemovals(at: at, lasts: lasts) }
      at += lasts + dice.number(3...90)
    }
  }

  private var natives: [Int] { scenario.nodes.indices.filter { !scenario.nodes[$0].isMirror } }

  /// Makes one or two nodes mirrors.
  private mutating func drawMirrors() -> [Int] {
    var mirrors = [dice.chance(0.7) ? count - 1 : node()]
    if count > 2, dice.chance(0.3) { mirrors.append((mirrors[0] + 1) % count) }
    for mirror in mirrors {
      var plan = MirrorPlan()
      plan.interval = dice.chance(0.85) ? dice.number(2...60) : nil
      plan.writing = dice.chance(0.3) ? dice.number(0...8) : 0.1
      plan.isConfigured = dice.chance(0.3)
      scenario.nodes[mirror].mirror = plan
    }
    return mirrors
  }

  /// Draws timeouts, clocks, the seal, and who starts when.
  private mutating func drawTerms(_ mirrors: [Int]) {
    let isShort = dice.chance(0.35)
    let isSealed = dice.chance(0.15)
    let isSkewed = dice.chance(0.3)
    for node in 0..<count {
      if isShort {
        scenario.nodes[node].timeouts.udp = 10
        scenario.nodes[node].timeouts.tcpEstablished = 20
        scenario.nodes[node].timeouts.tcpTransitory = 8
        scenario.nodes[node].timeouts.icmp = 6
      }
      scenario.nodes[node].isSealed = isSealed
      if isSkewed {
        scenario.nodes[node].wallSkew = dice.number(-36_000...36_000)
        scenario.nodes[node].drift = dice.number(-200...200)
      }
    }
    if isShort { scenario.masks = dice.number(3..<10) }
    switch dice.number(0..<4) {
    // The mirrors start before every NAT64, or after all.
    case 0: for node in natives { scenario.nodes[node].startsAt = dice.number(8...30) }
    case 1: for mirror in mirrors { scenario.nodes[mirror].startsAt = dice.number(10...35) }
    default: break
    }
  }

  private mutating func drawTraffic() {
    for proto in 0..<3 {
      for client in 0..<dice.number(4..<14) {
        var flow = Flow(
          client: client, from: 8 + dice.number(0...40), until: dice.chance(0.5) ? 900 : dice.number(60...800),
          every: dice.number(0.5...30))
        flow.proto = proto
        flow.server = proto == 0 ? dice.number(0..<2) : 0
        scenario.traffic.append(flow)
      }
    }
  }

  private mutating func addFault(of mirrors: [Int], at: Double, lasts: Double) {
    let victim = node()
    let mirror = mirrors[dice.number(0..<mirrors.count)]
    switch dice.number(0..<16) {
    case 0, 1: restartAll(natives, at: at, lasts: dice.chance(0.5) ? 0 : lasts)
    case 2: restartAll(Array(0..<count), at: at, lasts: dice.chance(0.5) ? 0 : lasts)
    case 3:
      // All NAT64s restart while the mirrors are away.
      for mirror in mirrors { add(.restartHost(mirror), at: at, lasts: lasts) }
      restartAll(natives, at: at + dice.number(0...lasts), lasts: dice.chance(0.5) ? 0 : lasts)
    case 4: add(.restartProxy(mirror), at: at, lasts: dice.chance(0.5) ? 0 : lasts)
    case 5: add(.restartHost(mirror), at: at, lasts: dice.chance(0.5) ? 0 : lasts)
    case 6:
      add(.restartHost(mirror), at: at, lasts: lasts)
      add(.loseSnapshots(mirror), at: at + lasts / 2)
    case 7: add(.loss(link(), share: dice.number(0.1...1)), at: at, lasts: lasts)
    case 8: add(.cut(link()), at: at, lasts: lasts)
    case 9: cutOff(mirror, at: at, lasts: lasts)
    case 10: add(.pause(victim), at: at, lasts: lasts)
    case 11: add(.suspend(victim), at: at, lasts: lasts)
    case 12: add(.restartProxy(victim), at: at)
    case 13:
      let native = natives[dice.number(0..<natives.count)]
      add(dice.chance(0.5) ? .moduleGone(native) : .overrun(native), at: at, lasts: lasts)
    case 14: if dice.chance(0.2) { changeTimeouts(at: at) } else { add(.takeover(to: victim), at: at) }
    default: add(.restartHost(victim), at: at)
    }
  }

  /// Restarts hosts at nearly the same time.
  private mutating func restartAll(_ nodes: [Int], at: Double, lasts: Double) {
    let spread = dice.chance(0.5) ? 0 : 3.0
    for node in nodes { add(.restartHost(node), at: at + dice.number(0...0.1), lasts: lasts + dice.number(0...spread)) }
  }

  /// Cuts all links of a node.
  private mutating func cutOff(_ node: Int, at: Double, lasts: Double) {
    for other in 0..<count where other != node {
      add(.cut(Link(node, other)), at: at, lasts: lasts)
      add(.cut(Link(other, node)), at: at, lasts: lasts)
    }
  }

  private mutating func changeTimeouts(at: Double) {
    var timeouts = scenario.nodes[0].timeouts
    timeouts.udp *= dice.number(0.5...2)
    timeouts.tcpEstablished *= dice.number(0.5...2)
    for node in natives { add(.timeouts(node, timeouts), at: at + dice.number(0...3)) }
  }

  private mutating func addRemovals(at: Double, lasts: Double) {
    for _ in 0..<dice.number(1..<5) {
      add(.remove(node(), proto: dice.number(0..<3), client: dice.number(0..<13)), at: at + dice.number(0...lasts))
    }
  }
}
