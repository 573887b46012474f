internal import JoolCore
internal import Logging
internal import SystemPackage

/// Network → module.
extension ProxyEventLoop {
  mutating func drainNetwork(_ buffer: inout [UInt8]) {
    do throws(Errno) {
      for _ in 0..<Self.burst {
        let lengths = try network.receive(into: &buffer)
        let now = ContinuousClock.now
        for (index, length) in lengths.enumerated() {
          let start = index * MulticastSocket.stride
          let datagram = buffer.span.bytes.extracting(start..<start + min(length, MulticastSocket.stride))
          switch proxy.received(datagram: datagram, length: length, now: now) {
          case .gathered(let refused):
            if let refused, let more = throttles.refused.admit(now: now) {
              log.warning("Refused a session of a peer: \(refused)\(more)")
            }
          case .drop(let reason):
            if let more = throttles.malformed.admit(now: now) {
              log.warning("Dropped a datagram that is not session records: \(reason)\(more)")
            }
          case .dropForNow: continue
          }
        }
        if lengths.count < MulticastSocket.batch { return }
      }
    } catch {
      if let more = throttles.send.admit(now: .now) { log.error("Could not receive from the network: \(error)\(more)") }
    }
  }

  /// One JOOLD_ADD; the next one after the sockets had their turn.
  mutating func addToKernel(_ now: ContinuousClock.Instant) {
    let sessions = proxy.nextAdd(now: now)
    guard !sessions.isEmpty else { return }
    do throws(JoolError) {
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
}
