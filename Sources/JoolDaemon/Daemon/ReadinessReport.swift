internal import Glibc
internal import JoolCore
internal import JoolSession
internal import Logging

/// Reports to systemd and keepalived whether the node may have the addresses that fail over.
///
/// systemd (sd_notify(3)) receives READY=1 once, STATUS on each change, and WATCHDOG=1 at half its interval. keepalived
/// (`vrrp_track_file`) reads a file with 0 while the node may have the addresses, and with 1 while it may not.
struct ReadinessReport {
  private let service: ServiceManager?
  private let trackFile: String?
  private var last: NodeStatus?
  /// Whether the node was alone at the last `note`; `nil` before the first.
  private var isAlone: Bool?
  private var aloneSince: Instant?
  /// The reason why the node is alone; `nil` if none was reported.
  private var reportedAlone: String?
  /// Whether systemd was told that the program has started.
  private var hasStarted = false
  /// Whether the program counts as started before the node is ready.
  private let startsReady: Bool
  private var nextWatchdog: Instant?
  private var reasserted = LogThrottle()
  private var failing = LogThrottle()

  /// Begins with a node that is not ready, and writes that to the track file.
  /// - `startsReady`: whether the program counts as started before the node is ready, as a mirror does, because it may
  ///   wait for its peers for long.
  /// - `user`: the user that the proxy switches to. The file is written with this user's rights now, because it must be
  ///   written with them later.
  init(
    trackFile: String?, of user: UnprivilegedUser?, service: ServiceManager? = ServiceManager(),
    startsReady: Bool = false, now: Instant
  ) throws(ProxyError) {
    self.startsReady = startsReady
    self.trackFile = trackFile
    self.service = service
    if service?.watchdog != nil { nextWatchdog = now }
    guard let trackFile else { return }
    try user.acting { () throws(ProxyError) in
      do throws(TrackFileError) { try TrackFile.write(isReady: false, to: trackFile) } catch {
        throw .trackFile(trackFile, error)
      }
    }
  }

  var deadline: Instant? { nextWatchdog }

  /// Reports a status that has changed, and notifies the watchdog when that is due.
  mutating func update(_ nodeStatus: NodeStatus, now: Instant, log: Logger) {
    if let due = nextWatchdog, now >= due, let interval = service?.watchdog {
      nextWatchdog = now + interval / 2
      service?.notify("WATCHDOG=1")
    }
    let former = last
    last = nodeStatus
    guard nodeStatus.state != former?.state || nodeStatus.isReady != former?.isReady else { return }
    let after = former.map { ", after \($0.name)" } ?? ""
    let reason = nodeStatus.reason.map { " \($0)" } ?? ""
    log.notice("Now \(nodeStatus.name)\(after).\(reason)", metadata: metadata(nodeStatus))
    let isFirst = (nodeStatus.isReady || startsReady) && !hasStarted
    if isFirst { hasStarted = true }
    notifyStatus(of: nodeStatus, isFirst: isFirst)
    write(isReady: nodeStatus.isReady, log: log)
  }

  /// The time after which a node that is alone reports it.
  ///
  /// A shorter time is normal, because peers are started one after the other.
  private static let aloneDelay = TimeAmount.seconds(10)

  /// Reports that no peer receives this node's sessions, once that has lasted for `aloneDelay`, and reports when one
  /// does again.
  /// - `noPeerReason`: the reason why no peer receives them; `nil` if one does.
  mutating func note(_ noPeerReason: String?, now: Instant, log: Logger) {
    isAlone = noPeerReason != nil
    aloneSince = noPeerReason == nil ? nil : aloneSince ?? now
    guard let last else { return }
    if let noPeerReason, let aloneSince, reportedAlone == nil, now - aloneSince >= Self.aloneDelay {
      reportedAlone = noPeerReason
      log.notice("This node is alone. \(noPeerReason)", metadata: metadata(last))
      notifyStatus(of: last)
    } else if noPeerReason == nil, reportedAlone != nil {
      reportedAlone = nil
      log.notice("This node is no longer alone.", metadata: metadata(last))
      notifyStatus(of: last)
    }
  }

  /// The journal's fields JOOL_STATE, JOOL_READY and JOOL_ALONE.
  private func metadata(_ nodeStatus: NodeStatus) -> Logger.Metadata {
    var metadata: Logger.Metadata = [
      "state": "\(nodeStatus.state.rawValue)", "ready": nodeStatus.isReady ? "yes" : "no",
    ]
    if let isAlone { metadata["alone"] = isAlone ? "yes" : "no" }
    return metadata
  }

  private func notifyStatus(of nodeStatus: NodeStatus, isFirst: Bool = false) {
    let alone = reportedAlone.map { ", alone: \($0)" } ?? ""
    service?.notify((isFirst ? "READY=1\n" : "") + "STATUS=\(nodeStatus.name)\(alone)")
  }

  /// Reports that the program ends, and that the node is not ready any more.
  mutating func finish(log: Logger) {
    service?.notify("STOPPING=1")
    write(isReady: false, log: log)
  }

  private mutating func write(isReady: Bool, log: Logger) {
    guard let trackFile else { return }
    do throws(TrackFileError) { try TrackFile.write(isReady: isReady, to: trackFile) } catch {
      if let more = failing.admit(now: .now) { log.error("\(ProxyError.trackFile(trackFile, error))\(more)") }
    }
  }

  /// Writes the track file again if another program has written or removed it.
  ///
  /// Otherwise keepalived would use the wrong value until the state changes. A pipe, or a file that cannot be read, is
  /// left alone.
  mutating func reassert(now: Instant, log: Logger) {
    guard let trackFile, let last else { return }
    guard TrackFile.isChanged(trackFile, isReady: last.isReady) else { return }
    if let more = reasserted.admit(now: now) {
      log.warning(
        "Another program has changed or removed the track file '\(trackFile)'; the proxy writes it again.\(more)")
    }
    write(isReady: last.isReady, log: log)
  }
}
