import Glibc
import JoolCore
import JoolDaemon
import JoolSession
import Logging

/// The destination of a proxy's log (`--log.target`).
enum LogTarget: String, CaseIterable, Hashable, Sendable {
  /// The journal under systemd, standard error if it is a terminal, else syslog, and standard error if there is none.
  case auto
  case stderr
  case syslog
}

extension ProxyArguments.Log {
  /// The values of `--log.level`.
  ///
  /// The proxy logs nothing at the library's other levels.
  static let levels: [Logger.Level] = [.debug, .info, .notice, .warning, .error]

  /// The logger of a proxy, with the destination and level that the options choose.
  func logger(in context: CommandContext, instance: InstanceName) -> Logger {
    var log: Logger
    switch target {
    case .auto where JournalLog.isStandardError:
      log = Logger(label: "joold") { _ in JournalLog(instance: instance) }
    case .auto where isatty(STDERR_FILENO) == 0: log = context.log
    case .auto, .stderr: log = Logger(label: "joold") { StreamLogHandler.standardError(label: $0) }
    case .syslog: log = Logger(label: "joold") { _ in SystemLog() }
    }
    log.logLevel = level
    return log
  }
}
