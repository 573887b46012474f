import JoolCore
import JoolDaemon
import JoolSession
import Logging

/// `session follow`: prints the sessions that the instance announces and that fit a filter, until a signal ends it.
struct SessionFollow: Command {
  var selection = RowSelection()
  var json = false

  var syntax: Syntax<Self> {
    Syntax(
      options: [Syntax.json(\.json)]
        + Syntax.protocolSet(\.selection.filter.protocols, "Follow", letters: false).map(\.unabbreviated)
        + Syntax.clients(\.selection, "sessions") + Syntax.sessionCriteria(\.selection)
        + [Syntax.limit(\.selection, "End after N lines")]
        + Syntax.refusingOrder(
          because: "sessions are printed as they arrive. Use it with session display."))
  }

  func run(in context: CommandContext) throws(CommandFailure) {
    let selection = try selection.checked()
    let client = try SynchronizationCheck.client(in: context)
    let (instance, socket) = (client.instance, client.transport.socketPath)
    if !json {
      context.output.print(
        """
        Commands parsed successfully; switching to syslog.
        See journalctl for error messages from now on.
        """)
    }
    context.output.flush()
    do throws(ProxyError) {
      try follow(instance, over: socket, selection, in: context)
    } catch {
      throw .proxy(error)
    }
    if let errno = context.output.failure { throw .output(errno) }
  }

  /// Prints sessions until output fails or the limit is reached.
  private func follow(
    _ instance: InstanceName, over socket: String?, _ selection: RowSelection, in context: CommandContext
  ) throws(ProxyError) {
    let isSelective = selection.filter != SessionFilter()
    var rest = selection.maxRows
    let log = context.log
    if socket == nil { log.info("Opening kernel socket (Instance name: \(instance))...") }
    var follower = try SessionFollower(instance: instance, socket: socket)
    if socket == nil { log.info("Kernel socket ready.") }
    while context.output.failure == nil, rest > 0 {
      do throws(JoolError) {
        guard let event = try follower.next() else { return }
        switch event {
        case .sessions(let sessions):
          for session in sessions where !isSelective || selection.filter.matches(session) {
            context.output.printLine(capacity: 512) { line in
              if json { session.write(to: &line) } else { Self.write(session, to: &line) }
            }
            rest -= 1
            if rest == 0 { break }
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
