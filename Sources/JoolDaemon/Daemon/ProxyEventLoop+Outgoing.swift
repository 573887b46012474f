internal import JoolCore
internal import JoolSession
internal import Logging
internal import SystemPackage

/// Moves sessions from the module to the network.
extension ProxyEventLoop {
  mutating func drainKernelEvents(_ buffer: inout [UInt8]) {
    for _ in 0..<Self.burst {
      guard link != nil else { return }
      do throws(JoolError) {
        guard let count = try link?.events.receive(into: &buffer, waiting: false) else { return }
        let message = buffer.span.bytes.extracting(first: count)
        switch proxy.received(moduleMessage: message) {
        case .acknowledge(thenLearn: let records):
          acknowledge()
          flushTimer.noteMessage(.now)
          learn(message.extracting(records))
          // The message shows that an absent instance has returned.
          if reported == .absent { nextCheck = .now }
        case .acknowledgeUnusable(let reason):
          acknowledge()
          if let more = throttles.malformed.admit(now: .now) {
            log.warning("A message of the module cannot be used: \(reason)\(more)")
          }
        case .ignore: continue
        case .drop(let reason):
          if let more = throttles.malformed.admit(now: .now) {
            log.warning("A message from the kernel does not contain sessions: \(reason)\(more)")
          }
        }
      } catch .overrun {
        proxy.overran()
        acknowledge()
        if let more = throttles.overrun.admit(now: .now) {
          log.warning(
            "The module's messages overran the netlink socket. The proxy reads the module's table instead.\(more)")
        }
      } catch {
        detach(because: error)
      }
    }
  }

  mutating func acknowledge() {
    do throws(JoolError) {
      try link?.client.acknowledgeSessions()
    } catch {
      kernelFailed(error)
    }
  }

  private mutating func learn(_ records: RawSpan) {
    do throws(WireFormatError) {
      try proxy.learn(records: records, now: .now)
    } catch {
      if let more = throttles.malformed.admit(now: .now) {
        log.warning("A session of the module cannot be used: \(error)\(more)")
      }
    }
  }

  /// Sends the datagrams that the node has produced.
  mutating func sendNews(_ now: Instant) {
    for datagram in proxy.takeDatagrams(now: now, isCongested: !sendQueue.isEmpty) { send(datagram.span.bytes) }
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

  /// Retries the datagrams in the send queue that could not be sent at once, at most `burst` of them.
  mutating func sendWaiting(_ now: Instant) {
    for _ in 0..<Self.burst {
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
