/// Copies of this proxy, and pauses in which it did not run (`SelfCheck`).
extension SessionProxy {
  /// How long a copy is a finding.
  static let copyMemory = Duration.seconds(600)

  /// A turn of the loop begins. Before anything is read: what waited meanwhile is for a node that knows that it slept.
  /// - Parameter sealStart: of the seal; random, never used before.
  /// - Returns: for how long the proxy did not run, if peers took it for gone.
  public mutating func turn(
    now: Instant, sealStart: @autoclosure () -> UInt64 = .random(in: .min ... .max)
  ) -> Duration? {
    guard let slept = node?.selfCheck.turn(now: now) else {
      if mustRenewSeal(now: now) { renewSeal(sealStart(), now: now) }
      return nil
    }
    node?.slept(for: slept.duration, now: now)
    // If it was not sleep but a snapshot, peers have heard more of the former one than this process knows.
    renewSeal(sealStart(), now: now)
    return slept.duration
  }

  private mutating func mustRenewSeal(now: Instant) -> Bool {
    guard seal != nil else { return false }
    return node?.mustRenewSeal(now: now) ?? false
  }

  private mutating func renewSeal(_ start: UInt64, now: Instant) {
    guard seal != nil else { return }
    seal?.startAnew(start)
    node?.helloSoon(now: now)
  }

  /// Whether a copy of this proxy is there and ahead, so that this one has to be another.
  public var mustStartAnew: Bool { node?.selfCheck.isCopied ?? false }

  /// Does as a fresh process does: another number, another seal, an empty table.
  /// - Parameters:
  ///   - seed: of all chance. A copy has the former one, too.
  ///   - sealStart: of the seal; random, never used before.
  ///   - clock: the time of day in milliseconds since 1970.
  public mutating func startAnew(
    seed: UInt64, sealStart: UInt64 = .random(in: .min ... .max), clock: UInt64, now: Instant
  ) {
    guard let kernel else { return }
    counters.copies += 1
    copiedAt = now
    node?.selfCheck.startedAnew()
    random = SeededGenerator(seed: seed)
    seal?.startAnew(sealStart)
    node = makeNode(kernel, clock: clock, now: now)
  }

  /// The finding that a copy of this proxy was heard, for ten minutes.
  func copies(now: Instant) -> [String] {
    guard let copiedAt, now - copiedAt < Self.copyMemory else { return [] }
    let doubt = seal == nil ? " Without a key (--net.key-file) anybody on the network can pretend that." : ""
    return [
      "Another proxy used this one's identity (a snapshot or a clone?), so this one has started anew; "
        + "COPIES counts how often.\(doubt)"
    ]
  }
}

extension SyncNode {
  /// Each turn.
  fileprivate mutating func mustRenewSeal(now: Instant) -> Bool {
    if let next = selfCheck.nextLook, now < next { return false }
    let isUnheard = peers.heard(now: now).contains { !$0.hears(identity, at: now) }
    return selfCheck.mustRenewSeal(now: now) { isUnheard }
  }
}
