internal import JoolCore
internal import JoolSession
internal import Logging

/// Answers the clients of the control socket and of the statistics server.
extension ProxyEventLoop where Store: ~Copyable {
  mutating func answerStatistics(_ poller: borrowing Poller) {
    guard let descriptor = statistics.borrowed({ $0.descriptor }), poller.hasInput(descriptor) else { return }
    let proxy = proxy
    _ = statistics.borrowed { $0.answer(proxy) }
  }

  mutating func serveControl(_ poller: borrowing Poller) {
    guard control != nil else { return }
    for client in control?.clients ?? [] where poller.hasInput(client.descriptor) {
      guard let request = control?.request(from: client.descriptor) else { continue }
      switch request {
      case ControlProtocol.status: control?.answer(client.descriptor, proxy.status(now: .now).text)
      case ControlProtocol.advertise:
        if let refusal = proxy.advertisementRefusal {
          control?.answer(client.descriptor, "error \(refusal)")
        } else {
          proxy.requestAudit(.advertisement)
        }
      default:
        let answer = RemovalRequest(text: request).map { remove($0.entries) } ?? "error unknown request"
        control?.answer(client.descriptor, answer)
      }
    }
    if let descriptor = control?.descriptor, poller.hasInput(descriptor) { control?.acceptClients() }
  }

  /// Removes mappings on behalf of an administrator.
  /// - Returns: the answer.
  private mutating func remove(_ entries: [BIBEntry]) -> String {
    do throws(RemovalRefusal) {
      let outcome = try proxy.remove(entries, now: .now)
      log.notice("\(outcome.removed) mappings were removed on request.")
      return "ok \(outcome.text)"
    } catch {
      return "error \(error)"
    }
  }

  /// Tells the clients that wait for an advertisement how it has ended.
  mutating func answerAdvertisers() {
    guard let outcome = proxy.takeAdvertisement() else { return }
    for client in control?.clients ?? [] where client.hasAsked {
      control?.answer(client.descriptor, outcome.answer)
    }
  }

  /// Tries to take the control name, whose holder may have ended.
  ///
  /// If another proxy holds it, the administrator is warned, because only they can decide which of the two should end.
  mutating func reclaimControl(_ now: Instant) {
    control = try? ControlSocket(instance: proxy.instance, configuration.current.service)
    if control != nil {
      log.notice("\(configuration.current.service.clients) can reach this process now.")
    } else if let more = throttles.control.admit(now: now),
      case .proxy(let process) = ControlNameHolder(of: proxy.instance, configuration.current.service)
    {
      log.warning("Process \(process) is another proxy of this instance; end one of the two.\(more)")
    }
  }
}

extension SessionProxy {
  /// The reason why nothing can be advertised; `nil` if it can.
  fileprivate var advertisementRefusal: String? {
    guard isMirror else { return availability.refusal }
    return availability == .absent ? "the mirror does not know pool6 yet" : nil
  }
}

extension SessionProxy.Availability {
  /// The reason why nothing can be advertised; `nil` if it can.
  fileprivate var refusal: String? {
    switch self {
    case .absent: "the module or the instance is absent"
    case .disabled: "session synchronization is disabled; run: jool global update ss-enabled true"
    case .enabled: nil
    }
  }
}

extension AdvertisementOutcome {
  /// The answer in the control protocol.
  fileprivate var answer: String {
    switch self {
    case .sent(let count): "ok \(count)"
    case .unreadable: "error the module's table could not be read; see the log of the proxy"
    case .stalled: "error nothing can be sent to the network at the moment; try again later"
    case .absent: "error the module or the instance is absent now; try again when it is back"
    case .otherPool6: "error the instance has another pool6 now; try again"
    case .newIdentity: "error the proxy has taken a new identity; try again"
    }
  }
}
