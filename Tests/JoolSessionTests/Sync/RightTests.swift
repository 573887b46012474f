import Testing

@testable import JoolSession

/// The right to the addresses.
@Suite struct RightTests {
  private let start = Instant.now

  private func own(
    _ number: UInt64, _ state: NodeState, isUsable: Bool = true, isTranslating: Bool = false, sessions: UInt64 = 10
  ) -> AddressRight.Own {
    AddressRight.Own(
      incarnation: Incarnation(number), state: state, isModuleUsable: isUsable, isTranslating: isTranslating,
      sessions: sessions)
  }

  private func peer(_ state: NodeState) -> AddressRight.Peer { peer(2, state) }

  private func peer(_ number: UInt64, _ state: NodeState) -> AddressRight.Peer {
    AddressRight.Peer(
      incarnation: Incarnation(number), state: state, hearsUs: true, may: true, asks: .nobody, request: 0, promise: 0,
      isTranslating: false, sessions: 10, coversUs: true, isCovered: true)
  }

  /// The right of a ready node.
  private func right(of number: UInt64 = 1) -> AddressRight {
    var right = AddressRight()
    let isNews = right.update(own(number, .ready), peers: [], now: start)
    #expect(isNews)
    #expect(right.may)
    return right
  }

  @Test func followsTheState() {
    var right = AddressRight()
    for (state, isUsable, may) in [
      (.starting, true, false), (.ready, true, true), (.mending, true, true), (.mending, false, false),
      (.ready, false, false), (.ready, true, true), (.starting, true, false),
    ] as [(NodeState, Bool, Bool)] {
      _ = right.update(own(1, state, isUsable: isUsable), peers: [peer(.mending)], now: start)
      #expect(right.may == may, "\(state), module: \(isUsable)")
    }
  }

  /// After a partition both nodes are mending.
  ///
  /// The addresses are in use on the one that translates, so the other one leaves them to it.
  @Test func theTranslatingNodeKeepsTheRight() {
    var (active, standby) = (right(of: 9), right(of: 1))
    var (activeHello, standbyHello) = (peer(9, .mending), peer(1, .mending))
    activeHello.isTranslating = true
    (activeHello.coversUs, standbyHello.isCovered) = (false, false)
    for _ in 0..<3 {
      _ = active.update(own(9, .mending, isTranslating: true), peers: [standbyHello], now: start)
      _ = standby.update(own(1, .mending), peers: [activeHello], now: start)
      (activeHello.may, activeHello.asks, activeHello.promise) = (
        active.may, active.asks, active.promise(to: Incarnation(1))
      )
      (standbyHello.may, standbyHello.asks, standbyHello.request) = (standby.may, standby.asks, standby.request)
    }
    #expect((active.may, standby.may) == (true, false))
    #expect(active.asks == .nobody)
    #expect(active.isBound)
  }

  @Test func twoTranslatingNodesBothKeepTheRight() {
    var right = right()
    var other = peer(2, .mending)
    other.isTranslating = true
    other.sessions = 1_000_000
    _ = right.update(own(1, .mending, isTranslating: true), peers: [other], now: start)
    #expect(right.may)
    #expect(right.asks == .nobody)
    // A ready peer that has everything is an exception.
    other.state = .ready
    _ = right.update(own(1, .mending, isTranslating: true), peers: [other], now: start)
    #expect(right.asks == Incarnation(2))
  }

  @Test func aStandbyYieldsOnlyToAPromise() {
    var standby = right()
    var active = peer(.ready)
    active.coversUs = false
    _ = standby.update(own(1, .mending), peers: [active], now: start)
    #expect(standby.asks == .nobody, "it has an update that the active node lacks")
    active.coversUs = true
    let isNews = standby.update(own(1, .mending), peers: [active], now: start)
    #expect(isNews, "the active node must receive the question")
    #expect((standby.may, standby.asks) == (true, Incarnation(2)))
    active.promise = standby.request &+ 1
    _ = standby.update(own(1, .mending), peers: [active], now: start)
    #expect(standby.may, "the promise answers another question")
    active.promise = standby.request
    _ = standby.update(own(1, .mending), peers: [active], now: start)
    #expect(!standby.may)
    // The active node keeps the right even if it becomes mending.
    active.state = .mending
    let same = standby.update(own(1, .mending), peers: [active], now: start)
    #expect(!same)
    #expect(!standby.may)
    _ = standby.update(own(1, .ready), peers: [active], now: start)
    #expect((standby.may, standby.asks) == (true, .nobody))
  }

  @Test func takesTheRightBackFromAFailedPeer() {
    for isGone in [true, false] {
      var standby = right()
      var active = peer(.ready)
      _ = standby.update(own(1, .mending), peers: [active], now: start)
      active.promise = standby.request
      _ = standby.update(own(1, .mending), peers: [active], now: start)
      #expect(!standby.may)
      // The peer has failed or lost its module.
      active.may = false
      let isNews = standby.update(own(1, .mending), peers: isGone ? [] : [active], now: start)
      #expect(isNews)
      #expect((standby.may, standby.asks) == (true, .nobody))
    }
  }

  @Test func aBoundNodeKeepsTheRight() {
    var right = right()
    var asking = peer(2, .mending)
    (asking.asks, asking.request) = (Incarnation(1), 7)
    _ = right.update(own(1, .ready), peers: [asking], now: start)
    #expect(right.promise(to: Incarnation(2)) == 7)
    let better = peer(3, .ready)
    _ = right.update(own(1, .mending), peers: [asking, better], now: start)
    #expect((right.may, right.asks) == (true, .nobody))
    // Each of these changes frees the node from its promise.
    var others = [AddressRight.Peer?]()
    others.append(nil)
    for change in [{ $0.asks = .nobody }, { $0.asks = Incarnation(3) }] as [(inout AddressRight.Peer) -> Void] {
      var other = asking
      change(&other)
      others.append(other)
    }
    for other in others {
      var free = right
      _ = free.update(own(1, .mending), peers: [other, better].compactMap { $0 }, now: start)
      #expect(!free.isBound)
      #expect(free.asks == Incarnation(3))
    }
    asking.request = 8
    _ = right.update(own(1, .ready), peers: [asking], now: start)
    #expect(right.promise(to: Incarnation(2)) == 8)
  }

  @Test func promisesOnlyIfItCanKeepThePromise() {
    var asking = peer(2, .mending)
    (asking.asks, asking.request) = (Incarnation(1), 7)
    var ready = right()
    asking.isCovered = false
    _ = ready.update(own(1, .ready), peers: [asking], now: start)
    #expect(!ready.isBound, "the other node has an update that this one lacks")
    // A node that asks a peer itself promises nothing, so two nodes that ask each other both keep the right.
    var mending = right(of: 3)
    (asking.asks, asking.isTranslating, asking.isCovered) = (Incarnation(3), true, true)
    _ = mending.update(own(3, .mending), peers: [asking], now: start)
    #expect(mending.asks == Incarnation(2))
    #expect(!mending.isBound)
    #expect(mending.may)
    var starting = AddressRight()
    _ = starting.update(own(1, .starting), peers: [asking], now: start)
    #expect(!starting.isBound)
  }

  @Test func theRankDecidesIfNeitherTranslates() {
    func asks(sessions: UInt64, than other: UInt64, number: UInt64) -> Bool {
      var right = right(of: 5)
      var peer = peer(number, .mending)
      peer.sessions = other
      _ = right.update(own(5, .mending, sessions: sessions), peers: [peer], now: start)
      return right.asks == Incarnation(number)
    }
    #expect(asks(sessions: 10, than: 10, number: 4), "the lower number")
    #expect(!asks(sessions: 10, than: 10, number: 6))
    #expect(asks(sessions: 10, than: 20, number: 6), "twice the sessions")
    #expect(!asks(sessions: 10, than: 19, number: 6))
    #expect(!asks(sessions: 20, than: 10, number: 4))
    #expect(asks(sessions: 0, than: 0, number: 4))
    #expect(!asks(sessions: 0, than: 0, number: 6))
    #expect(asks(sessions: 0, than: .max, number: 6))
    #expect(!asks(sessions: .max, than: .max, number: 6))
  }

  @Test func withdrawsAnUnansweredQuestion() {
    var right = right(of: 5)
    var other = peer(4, .mending)
    _ = right.update(own(5, .mending), peers: [other], now: start)
    let first = right.request
    #expect(right.asks == Incarnation(4))
    _ = right.update(own(5, .mending, isTranslating: true), peers: [other], now: start)
    #expect((right.may, right.asks) == (true, .nobody))
    // A late promise answers no other question.
    other.promise = first
    _ = right.update(own(5, .mending), peers: [other], now: start)
    #expect(right.asks == Incarnation(4))
    #expect(right.may)
    #expect(right.request != first)
  }

  @Test func neverNumbersAQuestionZero() {
    var right = right(of: 5)
    var numbers: Set<UInt8> = []
    for _ in 0..<300 {
      _ = right.update(own(5, .mending), peers: [peer(4, .mending)], now: start)
      numbers.insert(right.request)
      _ = right.update(own(5, .mending, isTranslating: true), peers: [peer(4, .mending)], now: start)
    }
    #expect(numbers.count == 255)
    #expect(!numbers.contains(0))
  }

  /// A node that was starting has never had the right.
  ///
  /// If the nodes that had it are gone, this node takes it when its module has the sessions, or is slow.
  @Test func takesARightThatNobodyHas() {
    var right = AddressRight()
    var source = peer(.ready)
    _ = right.update(own(1, .mending), peers: [source], now: start)
    #expect(!right.may)
    source.may = false
    var filling = own(1, .mending)
    filling.isFillingModule = true
    _ = right.update(filling, peers: [source], now: start)
    #expect(!right.may, "the module would give clients other masks")
    _ = right.update(own(1, .mending), peers: [source], now: start)
    #expect(right.may)
    _ = right.update(filling, peers: [source], now: start)
    #expect(right.may, "what it has it keeps")
  }

  /// A node that slept does not know which node has the addresses now.
  @Test func listensBeforeTakingTheRightAfterASleep() {
    var right = right()
    right.slept(hadRival: true, pause: .milliseconds(1500), now: start)
    _ = right.update(own(1, .mending), peers: [], now: start + .milliseconds(1499))
    #expect(!right.may)
    _ = right.update(own(1, .mending), peers: [], now: start + .milliseconds(1500))
    #expect(right.may)
    right.slept(hadRival: false, pause: .milliseconds(1500), now: start + .seconds(9))
    #expect(right.may, "no other node had it")
  }

  /// Two to four nodes with lost and delayed hellos change their states, fail and restart at random.
  @Test(arguments: 0..<20) func someNodeAlwaysHasTheRight(seed: UInt64) {
    for number in 0..<200 {
      var simulation = RightSimulation(seed: seed &* 1000 &+ UInt64(number))
      let fault = simulation.run()
      #expect(fault == nil, "schedule \(seed * 1000 + UInt64(number))")
      if fault != nil { return }
    }
  }
}
