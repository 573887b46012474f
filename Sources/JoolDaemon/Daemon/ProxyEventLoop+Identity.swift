internal import JoolCore
internal import JoolSession
internal import Logging

/// Handles copies of this proxy, and pauses in which it did not run.
extension ProxyEventLoop where Store: ~Copyable {
  mutating func beginTurn(_ now: Instant, _ buffer: inout [UInt8]) {
    guard let pause = proxy.turn(now: now) else { return }
    log.warning("This proxy did not run for \(pause.seconds) s; it checks whether it missed anything.")
    store.discardMessages(of: &proxy, &buffer, log: log)
  }

  /// Starts with a new identity if another proxy uses this one's.
  ///
  /// Work in progress is abandoned, because it does not belong to the new node.
  mutating func startAnewIfCopied(_ now: Instant) {
    guard proxy.mustStartAnew else { return }
    log.warning("Another proxy uses this one's identity (a snapshot or a clone?); this one takes a new identity.")
    sendQueue = SendQueue()
    proxy.startAnew(seed: .random(in: .min ... .max), clock: TimeOfDay.milliseconds, now: now)
  }
}
