internal import JoolCore
internal import JoolSession
internal import Logging

/// Handles copies of this proxy, and pauses in which it did not run.
extension ProxyEventLoop {
  mutating func beginTurn(_ now: Instant, _ buffer: inout [UInt8]) {
    guard let pause = proxy.turn(now: now) else { return }
    log.warning("This proxy did not run for \(pause.components.seconds) s; it checks whether it missed anything.")
    discardKernelEvents(&buffer)
    proxy.requestAudit(.repair)
  }

  /// Discards the messages that the module sent before the pause.
  ///
  /// Their age is unknown, so the module's table is read instead.
  private mutating func discardKernelEvents(_ buffer: inout [UInt8]) {
    for _ in 0..<Self.burst {
      do throws(JoolError) {
        guard let count = try link?.events.receive(into: &buffer, waiting: false) else { return }
        switch proxy.received(moduleMessage: buffer.span.bytes.extracting(first: count)) {
        case .acknowledge, .acknowledgeUnusable: acknowledge()
        case .ignore, .drop: continue
        }
      } catch .overrun {
        acknowledge()
      } catch {
        return detach(because: error)
      }
    }
  }

  /// Starts with a new identity if another proxy uses this one's.
  ///
  /// Work in progress is abandoned, because it does not belong to the new node.
  mutating func startAnewIfCopied(_ now: Instant) {
    guard proxy.mustStartAnew else { return }
    log.warning("Another proxy uses this one's identity (a snapshot or a clone?); this one takes a new identity.")
    abandonAudit(because: "the proxy has taken a new identity; try again")
    sendQueue = SendQueue()
    proxy.startAnew(seed: .random(in: .min ... .max), clock: Self.timeOfDay, now: now)
  }
}
