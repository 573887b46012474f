internal import JoolCore
internal import JoolSession

/// Reads the module's table when a client requests an advertisement, and when the table may differ from the proxy's.
extension ProxyEventLoop {
  mutating func serveControl(_ poller: borrowing Poller) {
    guard control != nil else { return }
    for client in control?.clients ?? [] where poller.hasInput(client.descriptor) {
      guard let request = control?.request(from: client.descriptor) else { continue }
      if request == ControlProtocol.status {
        control?.answer(client.descriptor, proxy.status(now: .now).text)
      } else if request != ControlProtocol.advertise {
        control?.answer(client.descriptor, "error unknown request")
      } else if reported == .absent {
        control?.answer(client.descriptor, "error the module or the instance is absent")
      } else if reported == .present(isEnabled: false) {
        control?.answer(
          client.descriptor,
          "error session synchronization is disabled; run: jool global update ss-enabled true")
      } else {
        proxy.requestAudit(.advertisement)
      }
    }
    if let descriptor = control?.descriptor, poller.hasInput(descriptor) { control?.acceptClients() }
  }

  mutating func continueTransfer(_ now: Instant) {
    // One audit runs at a time. Sessions that are lost while it runs may be missing in it; then another audit follows.
    if dump == nil, transfer == nil, link != nil, let reason = proxy.takeAudit() {
      dump = TableDump(because: reason, now: now)
      announcements.auditBegan()
    }
    if dump != nil {
      do throws(JoolError) {
        try readPage()
      } catch {
        if let reason = dump?.reason { proxy.requestAudit(min(reason, .repair)) }
        dump = nil
        proxy.finishAudit(isComplete: false, now: now)
        answerAdvertisers("error \(error.line)")
        kernelFailed(error)
      }
    }
    if let finished = dump, finished.isFinished {
      proxy.use(finished.statics)
      transfer = TableTransfer(finished.sessions, because: finished.reason, base: finished.base)
      dump = nil
    }
    if transfer?.reason == .advertisement, sendQueue.isStalled(now: now) {
      // The transfer is abandoned, because nothing can be sent and another audit may be requested meanwhile.
      transfer = nil
      proxy.finishAudit(isComplete: false, now: now)
      proxy.requestAudit(.repair)
      answerAdvertisers("error nothing can be sent to the network at the moment; try again later")
    }
    // While the link is down, the transfer pauses instead of filling the send queue. Once the queue is stalled, the
    // transfer goes on, because a node without its link must become ready, too. Updates that peers miss meanwhile are
    // repaired later.
    let mayGoOn = sendQueue.isEmpty || (transfer?.reason != .advertisement && sendQueue.isStalled(now: now))
    if mayGoOn, let reason = transfer?.reason, let sessions = transfer?.nextBurst(now: now), !sessions.isEmpty {
      proxy.reconcile(sessions, because: reason, now: now)
      let legacy: [SessionEntry]? =
        switch reason {
        case .start: []
        case .precaution, .repair: nil
        case .advertisement: sessions
        }
      for datagram in proxy.takeDatagrams(now: now, legacy: legacy) { send(datagram.span.bytes) }
    }
    if let done = transfer, done.isFinished, mayGoOn {
      transfer = nil
      proxy.finishAudit(isComplete: true, now: now)
      let found = proxy.takeUnannounced()
      announcements.auditEnded(
        found: done.reason == .precaution ? found : nil, after: done.base.duration(to: now), now: now)
      if proxy.audit != .advertisement { answerAdvertisers("ok \(done.count)") }
    }
  }

  private mutating func readPage() throws(JoolError) {
    // The dump is moved out of the property. With two owners, appending would copy the whole dump for each page.
    guard var reading = dump.take() else { return }
    try link?.readPage(of: &reading)
    dump = reading
  }

  mutating func answerAdvertisers(_ text: String) {
    for client in control?.clients ?? [] where client.hasAsked { control?.answer(client.descriptor, text) }
  }
}
