internal import Glibc
internal import JoolSession
public import Logging

/// Sends log messages to syslog(3): identity `joold`, facility daemon, as the C programs do.
public struct SystemLog: LogHandler {
  /// The metadata of the handler.
  ///
  /// It is not sent to syslog(3).
  public var metadata: Logger.Metadata = [:]
  /// The lowest level that is logged.
  public var logLevel: Logger.Level = .info

  /// Creates a handler, and opens the connection to syslog(3) if it is the first.
  public init() { Self.open }

  /// Opens the log when it is first evaluated.
  ///
  /// syslog(3) keeps the pointer to the identity, so the string is never freed.
  private static let open: Void = {
    openlog(strdup("joold"), 0, LOG_DAEMON)
  }()

  /// Whether a syslog daemon can be reached, which listens at `/dev/log`.
  public static var isReachable: Bool { access("/dev/log", W_OK) == 0 }

  /// The metadata under a key.
  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  /// Sends a message to syslog(3), which may block.
  public func log(event: LogEvent) {
    // The text is an argument, never the format.
    "\(event.message)".withCString { text in
      withVaList([text]) { vsyslog(event.level.syslogPriority, "%s", $0) }
    }
  }
}

extension Logger.Level {
  /// The level's number in syslog(3).
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
