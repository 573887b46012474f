internal import JoolCore
internal import Logging

/// Copies of this proxy, and pauses in which it did not run.
extension ProxyEventLoop {
  mutating func beginTurn(_ now: ContinuousClock.Instant) {
    guard let pause = proxy.turn(now: now) else { return }
    log.warning("This proxy did not run for \(pause.components.seconds) s; finding out what it missed.")
  }

  /// Nothing of what was under way belongs to the new node.
  mutating func startAnewIfCopied(_ now: ContinuousClock.Instant) {
    guard proxy.mustStartAnew else { return }
    log.warning("Another proxy uses this one's identity (a snapshot or a clone?); starting anew.")
    abandonAudit(because: "the proxy has started anew; try again")
    outbox = Outbox()
    proxy.startAnew(seed: .random(in: .min ... .max), clock: Self.timeOfDay, now: now)
  }
}
