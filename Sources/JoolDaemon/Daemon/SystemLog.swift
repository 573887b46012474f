internal import Glibc
internal import JoolSession
public import Logging

/// Sends log messages to syslog(3): identity `joold`, facility daemon, as the C programs do.
public struct SystemLog: LogHandler {
  public var metadata: Logger.Metadata = [:]
  public var logLevel: Logger.Level = .info

  public init() { Self.open }

  /// syslog(3) keeps the pointer, so it must live as long as the process. Evaluated once.
  private static let open: Void = {
    openlog(strdup("joold"), 0, LOG_DAEMON)
  }()

  /// Whether there is anybody to hear.
  public static var isReachable: Bool { access("/dev/log", W_OK) == 0 }

  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  public func log(event: LogEvent) {
    // The text is an argument, never the format.
    "\(event.message)".withCString { text in
      withVaList([text]) { vsyslog(event.level.syslogPriority, "%s", $0) }
    }
  }
}

extension Logger.Level {
  /// As syslog(3) numbers them.
  var syslogPriority: Int32 {
    switch self {
    case .trace, .debug: LOG_DEBUG
    case .info: LOG_INFO
    case .notice: LOG_NOTICE
    case .warning: LOG_WARNING
    case .error: LOG_ERR
    case .critical: LOG_CRIT
    }
  }
}

/// Lets one message of a kind through per interval, and says how many it kept back.
struct LogThrottle: Sendable {
  static let interval = Duration.seconds(10)
  private var next: Instant?
  private var suppressed = 0

  /// What to add to the message, or `nil` to keep quiet.
  mutating func admit(now: Instant) -> String? {
    if let next, now < next {
      suppressed += 1
      return nil
    }
    defer { suppressed = 0 }
    next = now + Self.interval
    return suppressed == 0 ? "" : " (and \(suppressed) more like this)"
  }
}

extension Logger {
  /// Says what to do about a receive buffer that is smaller than it should be.
  func adviseOnBuffer(of socket: String, granted: Int32, wanted: Int32) {
    guard granted < wanted else { return }
    warning(
      """
      The receive buffer of the \(socket) socket has \(granted) bytes instead of \(wanted); bursts of sessions may \
      overrun it. Run the proxy with CAP_NET_ADMIN, or: sysctl -w net.core.rmem_max=\(wanted)
      """)
  }
}
