internal import JoolCore
internal import JoolSession
internal import Logging
internal import SystemPackage

/// Receives the datagrams of the peers.
extension ProxyEventLoop where Store: ~Copyable {
  mutating func drain(_ link: any SyncLink, _ buffer: inout [UInt8], now: Instant) {
    do throws(Errno) {
      try link.takeBatch(into: &buffer) { arrival, datagram in hear(datagram, arrival, over: link, now: now) }
    } catch {
      if let more = throttles.send.admit(now: now) { log.error("Could not receive from the network: \(error)\(more)") }
    }
  }

  private mutating func hear(_ datagram: RawSpan, _ arrival: ReceivedDatagram, over link: any SyncLink, now: Instant) {
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
}
