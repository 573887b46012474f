internal import JoolCore
internal import Logging

/// Copies of this proxy, and pauses in which it did not run.
extension ProxyEventLoop {
  mutating func beginTurn(_ now: ContinuousClock.Instant, _ buffer: inout [UInt8]) {
    guard let pause = proxy.turn(now: now) else { return }
    log.warning("This proxy did not run for \(pause.components.seconds) s; finding out what it missed.")
    dropAnnouncements(&buffer)
  }

  /// What the module announced before a pause says how long sessions lived on from then, and not when that was. Its table
  /// is read instead.
  private mutating func dropAnnouncements(_ buffer: inout [UInt8]) {
    for _ in 0..<Self.burst {
      guard link != nil else { return }
      do throws(JoolError) {
        guard try link?.events.receive(into: &buffer, waiting: false) != nil else { break }
      } catch .overrun {
        continue
      } catch {
        return detach(because: error)
      }
    }
    proxy.requestAudit(.repair)
    acknowledge()
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
