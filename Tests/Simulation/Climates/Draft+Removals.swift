/// The climate in which administrators remove mappings.
extension Draft {
  /// Mappings are removed on all nodes, while some clients go on and others are silent, and while nodes, proxies, modules
  /// and links fail.
  mutating func removals() {
    begin(nodes: dice.number(2..<5), seconds: 900)
    flows(12, every: 3)
    // Clients that fall silent.
    flows(12, first: 12, every: 3, until: dice.number(40...200))
    var at = 30.0
    while at < 700 {
      let lasts = dice.number(3...40)
      let victim = node()
      switch dice.number(0..<8) {
      case 0: add(.restartProxy(victim), at: at, lasts: lasts)
      case 1: add(.pause(victim), at: at, lasts: lasts)
      case 2: add(.moduleGone(victim), at: at, lasts: lasts)
      case 3: add(.overrun(victim), at: at, lasts: lasts)
      case 4: add(.takeover(to: victim), at: at)
      case 5: add(.cut(link()), at: at, lasts: lasts)
      case 6: add(.loss(link(), share: dice.number(0.3...1), only: [.update]), at: at, lasts: lasts)
      default: add(.restartHost(victim), at: at, lasts: lasts)
      }
      for _ in 0..<dice.number(1..<6) {
        let client = dice.number(0..<24)
        add(.remove(node(), proto: dice.number(0..<3), client: client), at: at + dice.number(0...lasts))
      }
      at += lasts + dice.number(5...50)
    }
  }
}
