internal import JoolCore
internal import Logging

/// SIGHUP: keys, peers and log level change without losing a session; all of them or, if anything is wrong, none.
extension ProxyEventLoop {
  mutating func reload() {
    do throws(ProxyError) {
      let new = try reread()
      let keys = try new.keys()
      var applied = configuration
      if try network.change(to: new.links) { applied.links = new.links }
      if let keys, configuration.keyFile != nil {
        proxy.use(keys)
        applied.keyFile = new.keyFile
      }
      log.logLevel = new.logLevel
      applied.logLevel = new.logLevel
      let sealing = keys.map { "; frames are sealed with key \($0.sealingID)" } ?? ""
      log.notice("Read the configuration anew\(sealing).")
      configuration = applied
      if applied != new { log.warning("Only keys, peers and the log level change without a restart of the proxy.") }
    } catch {
      log.error("The configuration stays as it was. \(error)")
    }
  }
}
