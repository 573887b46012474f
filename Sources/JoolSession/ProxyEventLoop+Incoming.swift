internal import JoolCore
internal import Logging
internal import SystemPackage

/// Network → module.
extension ProxyEventLoop {
  mutating func drain(_ link: any SyncLink, _ buffer: inout [UInt8]) {
    do throws(Errno) {
      try link.takeBatch(into: &buffer) { arrival, datagram in hear(datagram, arrival, over: link) }
    } catch {
      if let more = throttles.send.admit(now: .now) { log.error("Could not receive from the network: \(error)\(more)") }
    }
  }

  private mutating func hear(_ datagram: RawSpan, _ arrival: Arrival, over link: any SyncLink) {
    let now = ContinuousClock.now
    guard link.isPeer(arrival) else {
      proxy.counters.strangers += 1
      return
    }
    let action = proxy.received(
      datagram: datagram, length: arrival.length, from: arrival.source, waited: arrival.waited, now: now)
    switch action {
    case .heard(let refused):
      if let refused, let more = throttles.refused.admit(now: now) {
        log.warning("Refused a session of a peer: \(refused)\(more)")
      }
    case .drop(let reason):
      if let more = throttles.malformed.admit(now: now) {
        log.warning("Dropped a datagram that is not session records: \(reason)\(more)")
      }
    case .reject(.replayed) where network.areRedundant: return
    case .reject(let reason):
      if let more = throttles.rejected.admit(now: now) {
        log.warning("Rejected a datagram from \(arrival.source): \(reason)\(more)")
      }
    case .ignored, .dropForNow, .stale: return
    }
  }

  /// One JOOLD_ADD; the next one after the sockets had their turn.
  mutating func addToKernel(_ now: ContinuousClock.Instant) {
    evict()
    let sessions = proxy.nextAdd(now: now)
    guard !sessions.isEmpty else { return }
    do throws(JoolError) {
      guard link != nil else { return }
      try link?.client.addSessions(sessions)
      proxy.confirmAdd(of: sessions, refused: false)
    } catch .refused(.invalidArgument, let message) {
      proxy.confirmAdd(of: sessions, refused: true)
      if let more = throttles.kernel.admit(now: now) { log.warning("The module refused sessions: \(message)\(more)") }
      nextCheck = now  // perhaps ss-enabled was turned off
    } catch {
      detach(because: error)
    }
  }
  /// Makes room: the module would put new sessions under an outdated BIB entry, or ignore them.
  private mutating func evict() {
    for entry in proxy.takeEvictions() {
      // Two entries of the module may be in the way, each with one of the addresses; usually it is one with both.
      for selector in [
        BIBSelector(proto: entry.proto, source6: entry.source6, source4: nil),
        BIBSelector(proto: entry.proto, source6: nil, source4: entry.source4),
      ] {
        do throws(JoolError) {
          try link?.client.removeBIB(selector)
        } catch .refused(.noSuchProcess, _) {
          continue  // It has ended by itself.
        } catch {
          return kernelFailed(error)
        }
      }
    }
  }
}
