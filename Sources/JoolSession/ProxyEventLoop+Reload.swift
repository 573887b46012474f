internal import JoolCore
internal import Logging

/// SIGHUP: keys, peers and log level change without losing a session; all of them or, if anything is wrong, none.
extension ProxyEventLoop {
  mutating func reload() {
    do throws(ProxyError) {
      let new = try reread()
      let keys = try new.keys()
      var applied = configuration
      applied.links = try network.change(to: new.links)
      var sealing = ""
      if let keys, configuration.keyFile != nil {
        proxy.use(keys)
        applied.keyFile = new.keyFile
        sealing = "; frames are sealed with key \(keys.sealingID)"
      }
      log.logLevel = new.logLevel
      applied.logLevel = new.logLevel
      configuration = applied
      log.notice("Read the configuration anew\(sealing).")
      let waiting = applied.differences(from: new)
      if !waiting.isEmpty {
        log.warning(
          "Keys, peers and the log level change; this waits for a restart of the proxy: \(waiting.joined(separator: ", "))."
        )
      }
    } catch {
      log.error("The configuration stays as it was. \(error)")
    }
  }
}
