internal import JoolCore
internal import JoolSession
internal import Logging
internal import SystemPackage

/// The configuration of a running proxy, which can be read again.
struct LiveConfiguration {
  var current: ProxyConfiguration
  /// Reads the configuration as it is now; `nil` if it is never read again.
  let load: ProxyEnding.LoadConfiguration?
  /// The configuration that will replace the current one; `nil` if no reload is under way.
  var pending: Pending?

  /// A new configuration that waits for the addresses of its peers.
  ///
  /// Names are looked up on a thread, because a resolver that does not answer would block the loop for longer than the
  /// timeout of systemd's watchdog.
  struct Pending {
    let configuration: ProxyConfiguration
    let keys: KeyRing?
    let peers: ProxyConfiguration.Peers
    let lookUp: BackgroundTask<Result<[PeerAddress], ProxyError>>
  }

  init(_ current: ProxyConfiguration, _ ending: ProxyEnding) {
    self.current = current
    load = if case .signals(let load) = ending { load } else { nil }
  }
}

/// Reloads the configuration after SIGHUP. Keys, peers and log level change without losing a session. If anything is
/// wrong, none of them changes.
extension ProxyEventLoop where Store: ~Copyable {
  /// Starts a reload.
  ///
  /// An earlier one that still waits for addresses is abandoned.
  mutating func reload() {
    configuration.pending = nil
    guard let load = configuration.load else { return }
    do throws(ProxyError) {
      let new = try load()
      let keys = try new.keys()
      guard let peers = network.replacement(in: new.links) else { return apply(new, keys) }
      let lookUp = BackgroundTask { Result { () throws(ProxyError) in try UnicastSocket.lookUp(peers) } }
      guard let lookUp else { throw .system(call: "a thread that looks up the peers", .resourceTemporarilyUnavailable) }
      configuration.pending = LiveConfiguration.Pending(configuration: new, keys: keys, peers: peers, lookUp: lookUp)
    } catch {
      refuse(error)
    }
  }

  /// Completes the reload when the addresses are there.
  mutating func continueReload(_ poller: borrowing Poller) {
    guard let reload = configuration.pending, poller.hasInput(reload.lookUp.descriptor),
      let result = reload.lookUp.result
    else { return }
    configuration.pending = nil
    do throws(ProxyError) {
      try network.use(reload.peers, at: try result.get())
      apply(reload.configuration, reload.keys)
    } catch {
      refuse(error)
    }
  }

  private mutating func apply(_ new: ProxyConfiguration, _ keys: KeyRing?) {
    var applied = configuration.current
    applied.links = network.current
    var sealing = ""
    if let keys, configuration.current.keyFile != nil {
      proxy.use(keys)
      applied.keyFile = new.keyFile
      sealing = "; frames are sealed with key \(keys.sealingID)"
    }
    log.logLevel = new.logLevel
    applied.logLevel = new.logLevel
    configuration.current = applied
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
