internal import Glibc
internal import JoolCore
internal import JoolSession

/// The service manager that started the program, if it expects notifications (sd_notify(3)).
struct ServiceManager {
  private let path: [UInt8]
  /// The interval within which the service manager expects WATCHDOG=1; `nil` if it does not expect it.
  let watchdog: TimeAmount?

  /// Finds the service manager in the environment; `nil` if there is none.
  ///
  /// - Parameter variable: returns the value of an environment variable.
  init?(variable: (String) -> String? = { getenv($0).map { String(cString: $0) } }) {
    guard let name = variable("NOTIFY_SOCKET"), name.utf8.count > 1,
      name.utf8.count <= UnixAddress.maxPathLength
    else { return nil }
    var path = Array(name.utf8)
    // '@' stands for the zero byte that abstract names begin with.
    guard path[0] == UInt8(ascii: "/") || path[0] == UInt8(ascii: "@") else { return nil }
    if path[0] == UInt8(ascii: "@") { path[0] = 0 }
    self.path = path
    watchdog = Self.watchdog(interval: variable("WATCHDOG_USEC"), process: variable("WATCHDOG_PID"), own: getpid())
  }

  /// The watchdog's interval by the two variables of sd_watchdog_enabled(3).
  ///
  /// `nil` if there is none, or if the variables are for another process.
  /// - `interval`: the value of `WATCHDOG_USEC`, in microseconds.
  /// - `process`: the value of `WATCHDOG_PID`.
  /// - `own`: the ID of this process.
  static func watchdog(interval: String?, process: String?, own: Int32) -> TimeAmount? {
    if let process, Int32(process) != own { return nil }
    guard let interval = interval.flatMap({ Int64($0) }), interval > 0 else { return nil }
    return .microseconds(interval)
  }

  /// Sends a message to the service manager.
  ///
  /// Errors are ignored, because the proxy must go on even if the service manager does not listen. Does not block.
  func notify(_ text: String) { UnixDatagram.send(Array(text.utf8), to: path) }
}
