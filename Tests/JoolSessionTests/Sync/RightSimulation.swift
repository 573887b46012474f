@testable import JoolSession

/// Nodes that exchange their states, questions and promises in hellos that may be lost or delayed.
///
/// A seed reproduces a run.
struct RightSimulation {
  /// A hello, with the promises of its sender.
  private struct Hello {
    var number = 0
    var peer: AddressRight.Peer
    var promises: [AddressRight.Promise]
    var hears: Set<Incarnation>
    var has: Int
  }

  private struct Node {
    var incarnation: Incarnation
    var isUp = true
    var state = NodeState.ready
    var isTranslating = false
    var sessions: UInt64 = 10
    /// A stand-in for the version vector: a node with a higher number has all updates of one with a lower number.
    var has = 0
    var right = AddressRight()
    /// The last hello of each other node, and the time of its arrival.
    var heard: [Int: (hello: Hello, at: Int)] = [:]
  }

  private struct Datagram {
    let due: Int
    let target: Int
    let sender: Int
    let hello: Hello
  }

  /// The peer timeout in milliseconds.
  private static let patience = 5000
  /// The longest delay of a hello in milliseconds.
  private static let longestDelay = 800

  private var random: SeededGenerator
  private var nodes: [Node] = []
  private var network: [Datagram] = []
  private var helloNumber = 0
  private var nextIncarnation: UInt64 = 100
  private var now = 0
  private let start = Instant.now

  init(seed: UInt64) {
    random = SeededGenerator(seed: seed)
    let count = Int.random(in: 2...4, using: &random)
    for number in 0..<count {
      nodes.append(Node(incarnation: Incarnation(UInt64(number) + 1)))
      nodes[number].sessions = .random(in: 0...100, using: &random)
      if Int.random(in: 0..<4, using: &random) == 0 { nodes[number].state = .starting }
    }
    nodes[0].state = .ready
    for number in nodes.indices { update(number) }
  }

  /// Runs the simulation to its end.
  ///
  /// - Returns: a description of the failure with its time; `nil` if there was none.
  mutating func run() -> String? {
    let loss = Double.random(in: 0...0.5, using: &random)
    for _ in 0..<100 {
      now += Int.random(in: 1...300, using: &random)
      deliver(loss: loss)
      performRandomEvent()
      if !hasRightHolder { return "no node has the right at \(now) ms" }
    }
    return nil
  }

  /// Whether a node has the right, or none can: no node with a table runs, or the failure of the node with the right
  /// has not been noticed yet.
  private var hasRightHolder: Bool {
    guard nodes.contains(where: { $0.isUp && $0.state.hasTable }) else { return true }
    return nodes.contains { node in
      if node.isUp { return node.right.may }
      return node.right.may && nodes.contains { $0.isUp && $0.heard.values.contains { isOf(node, $0.hello) } }
    }
  }

  private func isOf(_ node: Node, _ hello: Hello) -> Bool { hello.peer.incarnation == node.incarnation }

  private mutating func performRandomEvent() {
    let number = Int.random(in: nodes.indices, using: &random)
    guard nodes[number].isUp else {
      // The failure must be noticed before the node starts again, because the two starts count as two nodes.
      if !nodes.contains(where: { $0.isUp && $0.heard[number] != nil }) { restart(number) }
      return
    }
    switch Int.random(in: 0..<12, using: &random) {
    case 0: if nodes[number].state == .ready { nodes[number].state = .mending }
    case 1: if nodes[number].state == .mending { nodes[number].state = .ready }
    case 2: if nodes[number].state == .starting { nodes[number].state = .mending }
    case 3: nodes[number].isTranslating.toggle()
    case 4: nodes[number].sessions = .random(in: 0...100, using: &random)
    case 5: nodes[number].has += Int.random(in: 0...2, using: &random)
    case 6: nodes[number].has = nodes.map(\.has).max() ?? 0
    case 7:
      if Int.random(in: 0..<6, using: &random) == 0 { nodes[number].isUp = false }
    default: break
    }
    update(number)
    sendHello(number)
  }

  private mutating func restart(_ number: Int) {
    nextIncarnation += 1
    nodes[number] = Node(incarnation: Incarnation(nextIncarnation), state: .starting)
  }

  private mutating func sendHello(_ number: Int) {
    let node = nodes[number]
    guard node.isUp else { return }
    helloNumber += 1
    let peer = AddressRight.Peer(
      incarnation: node.incarnation, state: node.state, hearsUs: false, may: node.right.may, asks: node.right.asks,
      request: node.right.request, promise: 0, isTranslating: node.isTranslating, sessions: node.sessions,
      coversUs: false, isCovered: false)
    let hello = Hello(
      number: helloNumber, peer: peer, promises: node.right.promises,
      hears: Set(node.heard.values.map(\.hello.peer.incarnation)), has: node.has)
    for target in nodes.indices where target != number {
      let due = now + Int.random(in: 1...Self.longestDelay, using: &random)
      network.append(Datagram(due: due, target: target, sender: number, hello: hello))
    }
  }

  private mutating func deliver(loss: Double) {
    let due = network.filter { $0.due <= now }.sorted { ($0.due, $0.hello.number) < ($1.due, $1.hello.number) }
    network.removeAll { $0.due <= now }
    for datagram in due where nodes[datagram.target].isUp {
      // Hellos of a failed node still arrive, so its failure is not noticed yet.
      guard isOf(nodes[datagram.sender], datagram.hello) else { continue }
      let old = nodes[datagram.target].heard[datagram.sender]?.hello.number ?? 0
      guard Double.random(in: 0..<1, using: &random) >= loss, datagram.hello.number > old else { continue }
      nodes[datagram.target].heard[datagram.sender] = (datagram.hello, now)
      update(datagram.target)
    }
    for number in nodes.indices {
      let silent = nodes[number].heard.filter { now - $0.value.at >= Self.patience }.keys.sorted()
      guard !silent.isEmpty else { continue }
      for sender in silent { nodes[number].heard[sender] = nil }
      update(number)
    }
  }

  private mutating func update(_ number: Int) {
    guard nodes[number].isUp else { return }
    let node = nodes[number]
    let peers = node.heard.values.map(\.hello).map { hello in
      var peer = hello.peer
      peer.hearsUs = hello.hears.contains(node.incarnation)
      peer.promise = hello.promises.first { $0.peer == node.incarnation }?.request ?? 0
      (peer.coversUs, peer.isCovered) = (hello.has >= node.has, node.has >= hello.has)
      return peer
    }
    let own = AddressRight.Own(
      incarnation: node.incarnation, state: node.state, isModuleUsable: true, isTranslating: node.isTranslating,
      sessions: node.sessions)
    let hasChanged = nodes[number].right.update(
      own, peers: peers.sorted { $0.incarnation < $1.incarnation }, now: start + .milliseconds(now))
    if hasChanged { sendHello(number) }
  }
}
