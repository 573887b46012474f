internal import JoolCore
internal import JoolSession
internal import Logging
internal import SystemPackage

/// Reloads the configuration after SIGHUP. Keys, peers and log level change without losing a session. If anything is
/// wrong, none of them changes.
extension ProxyEventLoop {
  /// A new configuration that waits for the addresses of its peers.
  ///
  /// Names are looked up on a thread, because a resolver that does not answer would block the loop for longer than the
  /// timeout of systemd's watchdog.
  struct Reload {
    let configuration: ProxyConfiguration
    let keys: KeyRing?
    let peers: ProxyConfiguration.Peers
    let lookUp: BackgroundTask<Result<[PeerAddress], ProxyError>>
  }

  /// Starts a reload.
  ///
  /// An earlier one that still waits for addresses is abandoned.
  mutating func reload() {
    pendingReload = nil
    guard let loadConfiguration else { return }
    do throws(ProxyError) {
      let new = try loadConfiguration()
      let keys = try new.keys()
      guard let peers = network.replacement(in: new.links) else { return apply(new, keys) }
      let lookUp = BackgroundTask { Result { () throws(ProxyError) in try UnicastSocket.lookUp(peers) } }
      guard let lookUp else { throw .system(call: "a thread that looks up the peers", .resourceTemporarilyUnavailable) }
      pendingReload = Reload(configuration: new, keys: keys, peers: peers, lookUp: lookUp)
    } catch {
      refuse(error)
    }
  }

  /// Completes the reload when the addresses are there.
  mutating func continueReload(_ poller: borrowing Poller) {
    guard let reload = pendingReload, poller.hasInput(reload.lookUp.descriptor), let result = reload.lookUp.result
    else {
      return
    }
    pendingReload = nil
    do throws(ProxyError) {
      try network.use(reload.peers, at: try result.get())
      apply(reload.configuration, reload.keys)
    } catch {
      refuse(error)
    }
  }

  private mutating func apply(_ new: ProxyConfiguration, _ keys: KeyRing?) {
    var applied = configuration
    applied.links = network.current
    var sealing = ""
    if let keys, configuration.keyFile != nil {
      proxy.use(keys)
      applied.keyFile = new.keyFile
      sealing = "; frames are sealed with key \(keys.sealingID)"
    }
    log.logLevel = new.logLevel
    applied.logLevel = new.logLevel
    configuration = applied
    log.notice("The configuration was read again\(sealing).")
    let waiting = applied.differences(from: new)
    if !waiting.isEmpty {
      log.warning(
        """
        Only keys, peers and the log level change without a restart. These wait for a restart of the proxy: \
        \(waiting.joined(separator: ", ")).
        """
      )
    }
  }

  private func refuse(_ error: ProxyError) { log.error("The configuration was not changed. \(error)") }
}
