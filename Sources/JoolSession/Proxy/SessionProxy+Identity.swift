/// Copies of this proxy, and pauses in which it did not run (`SelfCheck`).
extension SessionProxy {
  /// The time for which a detected copy is reported.
  static let copyMemory = TimeAmount.seconds(600)

  /// Begins a turn of the event loop.
  ///
  /// Call this before anything is read, because a node must know that it slept before it processes the input that
  /// waited meanwhile. Discard the module's messages that waited, whose age is unknown: the module's table is read
  /// instead.
  /// - Parameters:
  ///   - now: the present time.
  ///   - sealStart: a new start for the seal; random, never used before.
  /// - Returns: the time for which the proxy did not run, if that was long enough for peers to time it out. Otherwise
  ///   `nil`.
  public mutating func turn(
    now: Instant, sealStart: @autoclosure () -> UInt64 = .random(in: .min ... .max)
  ) -> TimeAmount? {
    guard let slept = node?.selfCheck.turn(now: now) else {
      if mustRenewSeal(now: now) { renewSeal(sealStart(), now: now) }
      return nil
    }
    node?.slept(for: slept.duration, now: now)
    // If this was not a sleep but a snapshot, peers have received more from the original than this process knows of.
    renewSeal(sealStart(), now: now)
    requestAudit(.repair)
    return slept.duration
  }

  private mutating func mustRenewSeal(now: Instant) -> Bool {
    guard seal != nil else { return false }
    return node?.mustRenewSeal(now: now) ?? false
  }

  private mutating func renewSeal(_ start: UInt64, now: Instant) {
    guard seal != nil else { return }
    seal?.startAnew(start)
    counters.sealRenewals += 1
    node?.transmitter.hellos.scheduleSoon(now: now)
  }

  /// Whether a copy of this proxy exists and is ahead, so that this proxy must take another identity.
  public var mustStartAnew: Bool { node?.selfCheck.isCopied ?? false }

  /// Starts anew like a fresh process: with another incarnation, another start of the seal, and an empty table.
  /// - Parameters:
  ///   - seed: a new seed of the random generator. A copy has the former one, too.
  ///   - sealStart: a new start for the seal; random, never used before.
  ///   - clock: the time of day in milliseconds since 1970.
  ///   - now: the present time.
  public mutating func startAnew(
    seed: UInt64, sealStart: UInt64 = .random(in: .min ... .max), clock: UInt64, now: Instant
  ) {
    guard let kernel = module.kernel else { return }
    counters.copies += 1
    health.copiedAt = now
    abandonReading(.newIdentity, now: now)
    node?.selfCheck.startedAnew()
    random = SeededGenerator(seed: seed)
    seal?.startAnew(sealStart)
    node = makeNode(kernel, clock: clock, now: now)
  }

  /// The finding that a copy of this proxy was detected.
  ///
  /// It is reported for ten minutes.
  func copies(now: Instant) -> [String] {
    guard let copiedAt = health.copiedAt, now - copiedAt < Self.copyMemory else { return [] }
    let doubt = seal == nil ? " Without a key (--net.key-file) anybody on the network can cause this." : ""
    return [
      "Another proxy used this one's identity (a snapshot or a clone?), so this one has taken a new identity. "
        + "The counter COPIES shows how often.\(doubt)"
    ]
  }
}

extension SyncNode {
  /// Whether the seal needs a new start, because a peer does not receive this node.
  ///
  /// Call this each turn.
  fileprivate mutating func mustRenewSeal(now: Instant) -> Bool {
    if let next = selfCheck.nextLook, now < next { return false }
    let isUnheard = peers.heard(now: now).contains { !$0.hears(identity, at: now) }
    return selfCheck.mustRenewSeal(now: now) { isUnheard }
  }
}
