internal import Glibc
internal import JoolCore
internal import Logging
internal import SystemPackage

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
  /// - Parameter user: who will write the file later on.
  init(trackFile: String?, of user: UnprivilegedUser?, now: ContinuousClock.Instant) throws(ProxyError) {
    self.trackFile = trackFile
    service = ServiceManager()
    if service?.watchdog != nil { nextWatchdog = now }
    guard let trackFile else { return }
    do throws(Errno) { try Self.write(isReady: false, to: trackFile, of: user) } catch {
      throw .trackFile(trackFile, error)
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

  /// - Throws: if a proxy that we started could not write the file. Whether it is there, and what it says, stays as it is.
  static func verify(_ trackFile: String) throws(ProxyError) {
    let directory = FilePath(trackFile).removingLastComponent()
    let isWritable =
      access(trackFile, F_OK) == 0
      ? access(trackFile, W_OK) == 0 : access(directory.isEmpty ? "." : directory.string, W_OK | X_OK) == 0
    guard isWritable else { throw .trackFile(trackFile, .current) }
  }

  /// The program ends.
  func finish(log: Logger) {
    service?.notify("STOPPING=1")
    write(isReady: false, log: log)
  }

  private func write(isReady: Bool, log: Logger) {
    guard let trackFile else { return }
    do throws(Errno) { try Self.write(isReady: isReady, to: trackFile, of: nil) } catch {
      log.error("Cannot write '\(trackFile)': \(error)")
    }
  }

  private static func write(isReady: Bool, to path: String, of user: UnprivilegedUser?) throws(Errno) {
    // A pipe without a reader must not make the proxy wait.
    let flags = O_WRONLY | O_CREAT | O_CLOEXEC | O_NONBLOCK
    guard let file = OwnedDescriptor(open(path, flags, 0o644)) else { throw .current }
    try user?.take(file)
    let text: [UInt8] = isReady ? Array("0\n".utf8) : Array("1\n".utf8)
    guard pwrite(file.rawValue, text, text.count, 0) == text.count, ftruncate(file.rawValue, text.count) == 0 else {
      throw .current
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
