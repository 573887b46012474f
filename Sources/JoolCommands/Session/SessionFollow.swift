import JoolCore
import JoolDaemon
import JoolSession
import Logging

/// `session follow`: prints sessions as the instance announces them, until a signal ends it.
struct SessionFollow: Command {
  var json = false

  var syntax: Syntax<Self> { Syntax(options: [Syntax.json(\.json)]) }

  func run(in context: CommandContext) throws(CommandFailure) {
    let instance = try SynchronizationCheck.run(in: context)
    if !json {
      context.output.print(
        """
        Commands parsed successfully; switching to syslog.
        See journalctl for error messages from now on.
        """)
    }
    context.output.flush()
    do throws(ProxyError) {
      try follow(instance, in: context)
    } catch {
      throw .proxy(error)
    }
    if let errno = context.output.failure { throw .output(errno) }
  }

  /// Prints sessions until output fails.
  private func follow(_ instance: InstanceName, in context: CommandContext) throws(ProxyError) {
    let log = context.log
    log.info("Opening kernel socket (Instance name: \(instance))...")
    var follower = try SessionFollower(instance: instance)
    log.info("Kernel socket ready.")
    while context.output.failure == nil {
      do throws(JoolError) {
        guard let event = try follower.next() else { return }
        switch event {
        case .sessions(let sessions):
          for session in sessions {
            context.output.printLine(capacity: 512) { line in
              if json { session.write(to: &line) } else { Self.write(session, to: &line) }
            }
          }
          context.output.flush()
        case .overrun: log.error("The module sent sessions faster than they could be printed, so some are missing.")
        case .unusable(let error): log.error("A message of the module cannot be read: \(error)")
        }
      } catch .refused(let code, let message) {
        log.error("\(JoolError.refused(code: code, message: message))")
      } catch {
        throw .kernel(error)
      }
    }
  }

  /// Appends protocol, the IPv6 node, its mask (the IPv4 transport address that replaces it), the IPv4 node, and the
  /// time left until the session expires.
  static func write(_ session: SessionEntry, to line: inout OutputSpan<UInt8>) {
    line.write(session.proto)
    line.columns(session.source6)
    line.columns(session.source4)
    line.columns(session.destination4)
    line.column(session.expiration)
  }
}
