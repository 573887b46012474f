internal import Glibc
internal import JoolCore
internal import Logging

/// Tells systemd and keepalived whether the node is ready.
///
/// systemd (sd_notify(3)): READY=1 once, STATUS on each change, WATCHDOG=1 at half its interval. keepalived
/// (`vrrp_track_file`): the file has 0 while the node is ready, 1 while it is not.
struct ReadinessReport {
  private let service: ServiceManager?
  private let trackFile: String?
  private var lastState: ProxyStatus.State?
  private var wasReady = false
  private var nextWatchdog: ContinuousClock.Instant?

  /// The node is not ready yet.
  /// - Parameter user: who will write the file later on, and so writes it now.
  init(trackFile: String?, of user: UnprivilegedUser?, now: ContinuousClock.Instant) throws(ProxyError) {
    self.trackFile = trackFile
    service = ServiceManager()
    if service?.watchdog != nil { nextWatchdog = now }
    guard let trackFile else { return }
    try user.acting { () throws(ProxyError) in
      do throws(TrackFileError) { try TrackFile.write(isReady: false, to: trackFile) } catch {
        throw .trackFile(trackFile, error)
      }
    }
  }

  var deadline: ContinuousClock.Instant? { nextWatchdog }

  /// Says what has changed.
  mutating func update(_ state: ProxyStatus.State, now: ContinuousClock.Instant, log: Logger) {
    if let due = nextWatchdog, now >= due, let interval = service?.watchdog {
      nextWatchdog = now + interval / 2
      service?.notify("WATCHDOG=1")
    }
    guard state != lastState else { return }
    log.notice(
      "Now \(state.rawValue)\(lastState.map { ", after \($0.rawValue)" } ?? "").",
      metadata: ["state": "\(state.rawValue)"])
    lastState = state
    if state == .ready, !wasReady {
      wasReady = true
      service?.notify("READY=1\nSTATUS=\(state.rawValue)")
    } else {
      service?.notify("STATUS=\(state.rawValue)")
    }
    write(isReady: state == .ready, log: log)
  }

  /// The program ends.
  func finish(log: Logger) {
    service?.notify("STOPPING=1")
    write(isReady: false, log: log)
  }

  private func write(isReady: Bool, log: Logger) {
    guard let trackFile else { return }
    do throws(TrackFileError) { try TrackFile.write(isReady: isReady, to: trackFile) } catch {
      log.error("\(ProxyError.trackFile(trackFile, error))")
    }
  }
}

/// The service manager that started the program, if one did and wants to hear of it (sd_notify(3)).
private struct ServiceManager {
  private let path: [UInt8]
  /// How often it wants a sign of life; `nil` if it does not.
  let watchdog: Duration?

  init?() {
    guard let name = getenv("NOTIFY_SOCKET").map({ String(cString: $0) }), name.utf8.count > 1,
      name.utf8.count <= UnixDatagram.maxPathLength
    else { return nil }
    var path = Array(name.utf8)
    // '@' stands for the zero byte that abstract names begin with.
    guard path[0] == UInt8(ascii: "/") || path[0] == UInt8(ascii: "@") else { return nil }
    if path[0] == UInt8(ascii: "@") { path[0] = 0 }
    self.path = path
    watchdog = getenv("WATCHDOG_USEC").flatMap { Int64(String(cString: $0)) }.flatMap {
      $0 > 0 ? .microseconds($0) : nil
    }
  }

  /// A service manager that does not listen is no reason to stop.
  func notify(_ text: String) { UnixDatagram.send(Array(text.utf8), to: path) }
}
