internal import JoolCore
internal import JoolSession
internal import Logging
internal import SystemPackage

/// Moves sessions from the network to the module.
extension ProxyEventLoop {
  mutating func drain(_ link: any SyncLink, _ buffer: inout [UInt8]) {
    do throws(Errno) {
      try link.takeBatch(into: &buffer) { arrival, datagram in hear(datagram, arrival, over: link) }
    } catch {
      if let more = throttles.send.admit(now: .now) { log.error("Could not receive from the network: \(error)\(more)") }
    }
  }

  private mutating func hear(_ datagram: RawSpan, _ arrival: ReceivedDatagram, over link: any SyncLink) {
    let now = Instant.now
    guard link.isPeer(arrival) else {
      proxy.counters.strangers += 1
      return
    }
    let action = proxy.received(
      datagram: datagram, length: arrival.length, from: arrival.source, waited: arrival.waited, now: now)
    switch action {
    case .heard(let refused):
      if let refused, let more = throttles.refused.admit(now: now) {
        log.warning("A session of a peer was refused: \(refused)\(more)")
      }
    case .drop(let reason):
      if let more = throttles.malformed.admit(now: now) {
        log.warning("A datagram was dropped, because it does not consist of session records: \(reason)\(more)")
      }
    case .reject(.replayed) where network.areRedundant: return
    case .reject(let reason):
      if let more = throttles.rejected.admit(now: now) {
        log.warning("A datagram from \(arrival.source) was rejected: \(reason)\(more)")
      }
    case .ignored, .dropForNow, .stale: return
    }
  }

  /// Sends the module at most `burst` requests, and none after the first JOOLD_ADD.
  ///
  /// The rest waits until the sockets had their turn.
  mutating func feedModule(_ now: Instant) {
    for _ in 0..<Self.burst {
      guard link != nil, let request = proxy.nextStoreRequest(now: now) else { return }
      do throws(JoolError) {
        proxy.finished(request, try link?.carryOut(request) ?? .failed, now: now)
      } catch .refused(let code, let message) where request.survives(code) {
        proxy.finished(request, .refused, now: now)
        if let more = throttles.kernel.admit(now: now) {
          log.warning("The module refused a request: \(message)\(more)")
        }
        nextCheck = now  // perhaps ss-enabled was turned off
      } catch {
        proxy.finished(request, .failed, now: now)
        return detach(because: error)
      }
      if case .add = request { return }
    }
  }
}

extension StoreRequest {
  /// Whether the module is perhaps still there after a refusal with this code.
  fileprivate func survives(_ code: Errno) -> Bool {
    switch self {
    case .add: code == .invalidArgument
    case .evict: code != .noSuchProcess
    }
  }
}
