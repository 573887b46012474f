internal import JoolCore

/// The hellos that the node sends (`HelloSchedule`).
extension SyncNode {
  mutating func sendHello(now: Instant) {
    flush(now: now)  // because the digest would otherwise include records that were not sent
    peers.forget(now: now)
    tidyPulls(now: now)
    module.updateTranslation(now: now)
    transmitter.hellos.sent(now: now, jitter: jitter(upTo: 100))
    transmitter.send(.hello(makeHello(now: now)))
  }

  /// Sends the last hello, because the process ends.
  ///
  /// Otherwise peers would rely on this node until it times out.
  mutating func leave(now: Instant) {
    flush(now: now)
    right.end()
    transmitter.hellos.sentLast()
    var hello = makeHello(now: now)
    (hello.state, hello.padding) = (.starting, 0)
    transmitter.send(.hello(hello))
  }

  private mutating func makeHello(now: Instant) -> SyncFrame.Hello {
    let right = right
    var hello = SyncFrame.Hello(
      state: state, may: right.may, isTranslating: module.isTranslating, tag: records.clock.tag,
      request: right.asks == .nobody ? 0 : right.request, clock: records.clock.latest, sessions: UInt64(table.count),
      rootDigest: table.rootDigest, pool6: table.pool6, limits: limits, asks: right.asks,
      entries: peers.entries(room: transmitter.path.entries, promise: right.promise(to:), now: now))
    // Pad it, because peers that have not validated this node answer early only if the answer is not much longer.
    if state == .starting { hello.pad(to: SyncFrame.Hello.startingSize) }
    return hello
  }
}
