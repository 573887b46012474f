internal import JoolCore

/// The table to the group, when somebody asks for it.
extension ProxyEventLoop {
  mutating func serveControl(_ poller: borrowing Poller) {
    guard control != nil else { return }
    for client in control?.clients ?? [] where poller.hasInput(client.descriptor) {
      guard let request = control?.request(from: client.descriptor) else { continue }
      if request != ControlProtocol.advertise {
        control?.answer(client.descriptor, "error unknown request")
      } else if reported == .absent {
        control?.answer(client.descriptor, "error the module or the instance is away")
      } else if reported == .present(isEnabled: false) {
        control?.answer(
          client.descriptor,
          "error session synchronization is disabled; run: jool global update ss-enabled true")
      } else {
        needsTransfer = true
      }
    }
    if let descriptor = control?.descriptor, poller.hasInput(descriptor) { control?.acceptClients() }
  }

  mutating func continueTransfer(_ now: ContinuousClock.Instant) {
    // One at a time. What was lost while one is under way may be missing in it: then another one follows.
    if needsTransfer, dump == nil, transfer == nil, reported == .present(isEnabled: true) {
      needsTransfer = false
      dump = TableDump()
    }
    if dump != nil {
      do throws(JoolError) {
        try readPage()
      } catch {
        dump = nil
        answerAdvertisers("error \(error)")
        kernelFailed(error)
      }
    }
    if let finished = dump, finished.isFinished, let module = link?.client.module {
      transfer = TableTransfer(finished.sessions, format: SyncFormat(module: module), now: now)
      dump = nil
    }
    // While the link is down, the table waits where it is instead of filling the outbox.
    if outbox.isEmpty {
      for datagram in transfer?.nextBurst(now: now) ?? [] { send(datagram.span.bytes) }
    }
    if let done = transfer, done.isFinished, outbox.isEmpty {
      transfer = nil
      if !needsTransfer { answerAdvertisers("ok \(done.count)") }
    }
  }

  private mutating func readPage() throws(JoolError) {
    // Taken out, or appending to what two own would copy the whole dump for each page.
    guard var reading = dump.take() else { return }
    try link?.readPage(of: &reading)
    dump = reading
  }

  mutating func answerAdvertisers(_ text: String) {
    for client in control?.clients ?? [] where client.hasAsked { control?.answer(client.descriptor, text) }
  }
}
