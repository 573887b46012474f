import Glibc
import JoolCore
import JoolDaemon
import JoolSession
import Logging

/// Where a proxy's log goes (`--log.target`).
enum LogTarget: String, CaseIterable, Hashable, Sendable {
  /// The journal under systemd, standard error if it is a terminal, else syslog, and standard error if there is none.
  case auto
  case stderr
  case syslog
}

extension ProxyArguments {
  /// What may be given as `--log.level`; the other levels of the library say nothing more here.
  static let logLevels: [Logger.Level] = [.debug, .info, .notice, .warning, .error]

  func log(in context: CommandContext, instance: InstanceName) -> Logger {
    var log: Logger
    switch logTarget {
    case .auto where JournalLog.isStandardError:
      log = Logger(label: "joold") { _ in JournalLog(instance: instance) }
    case .auto where isatty(STDERR_FILENO) == 0: log = context.log
    case .auto, .stderr: log = Logger(label: "joold") { StreamLogHandler.standardError(label: $0) }
    case .syslog: log = Logger(label: "joold") { _ in SystemLog() }
    }
    log.logLevel = logLevel
    return log
  }
}
