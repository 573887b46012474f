internal import JoolCore
internal import JoolSession
internal import Logging
internal import SystemPackage

/// Sends the datagrams for the peers.
extension ProxyEventLoop where Store: ~Copyable {
  /// Sends the datagrams that the node has produced.
  mutating func sendNews(_ now: Instant) {
    for datagram in proxy.takeDatagrams(now: now, sending: sendQueue.state(now: now)) { send(datagram.span.bytes) }
  }

  /// Announces to the group that this node leaves.
  ///
  /// Datagrams that cannot be sent at once are lost.
  mutating func leave(_ now: Instant) {
    sendNews(now)
    sendWaiting(now)
    proxy.leave(now: now)
    sendNews(now)
  }

  mutating func send(_ payload: RawSpan) {
    guard sendQueue.isEmpty else { return postpone(payload) }
    do throws(Errno) {
      if let failure = try network.send(payload, &proxy.sending) { sendFailed(failure) }
      sendQueue.noteSent()
      proxy.counters.networkSentPackets += 1
      proxy.counters.networkSentBytes += UInt64(payload.byteCount)
    } catch {
      sendFailed(error)
      postpone(payload)
    }
  }

  private mutating func postpone(_ payload: RawSpan) {
    if !sendQueue.append(payload.copied(), now: .now) { proxy.counters.dropped += 1 }
  }

  private mutating func sendFailed(_ error: Errno) {
    proxy.counters.sendFailures += 1
    if let more = throttles.send.admit(now: .now) {
      log.error("Could not send a packet to the network: \(error)\(more)")
    }
  }

  /// Retries the datagrams in the send queue that could not be sent at once, at most `TurnBudget.messages` of them.
  mutating func sendWaiting(_ now: Instant) {
    for _ in 0..<TurnBudget.messages {
      proxy.counters.dropped += UInt64(sendQueue.removeOutdated(now: now))
      guard let datagram = sendQueue.next(now: now) else { return }
      do throws(Errno) {
        if let failure = try network.send(datagram.span.bytes, &proxy.sending) { sendFailed(failure) }
        proxy.counters.networkSentPackets += 1
        proxy.counters.networkSentBytes += UInt64(datagram.count)
        sendQueue.removeNext(now: now)
      } catch {
        sendFailed(error)
        sendQueue.postpone(now: now)
        return
      }
    }
  }
}
