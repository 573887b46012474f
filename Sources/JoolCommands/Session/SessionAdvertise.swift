import JoolCore
import JoolDaemon
import JoolSession

/// `session advertise`: sends the whole session table to the peers.
///
/// If a proxy runs, it does this, because it reads the table page by page, whereas the module would hold its lock.
/// Without a proxy the module does it. Over a socket, the mirror does it, and the command ends when it has begun.
struct SessionAdvertise: Command {
  var syntax: Syntax<Self> { Syntax(completion: .none) }

  func run(in context: CommandContext) throws(CommandFailure) {
    var client = try context.client()
    if client.transport.socketPath != nil {
      return try client.ask { (client) throws(JoolError) in try client.advertise() }
    }
    do throws(ProxyControl.Failure) {
      if try context.proxy.advertise(client.instance) != nil { return }
    } catch {
      if error != .disconnected { throw .proxyFailed(error) }
      // The proxy closed the connection without an answer, so the module gets the request.
    }
    guard client.module.advertises else {
      // A wrong instance name or missing privileges are reported before the module's lack of the feature.
      guard try client.ask({ (client) throws(JoolError) in try client.instanceIsRunning() }) else {
        throw .proxy(.noSuchInstance(client.instance))
      }
      throw .cannotAdvertise(client.module)
    }
    try client.ask { (client) throws(JoolError) in try client.advertise() }
  }
}
