import JoolCore
import JoolDaemon
import JoolSession

/// `session advertise`: has the whole session table sent to the peers.
///
/// A running proxy does it best: it reads the table page by page, while the module would hold its lock. Without one the
/// module is asked.
struct SessionAdvertise: Command {
  var syntax: Syntax<Self> { Syntax(completion: .none) }

  func run(in context: CommandContext) throws(CommandFailure) {
    var client = try context.client()
    do throws(ProxyControl.Failure) {
      if try context.advertiseThroughProxy(client.instance) != nil { return }
    } catch {
      if error != .disconnected { throw .proxyFailed(error) }
      // It left before it answered: the module can still do it.
    }
    guard client.module.advertises else {
      // A wrong name or missing privileges are what the user should hear of first.
      guard try client.ask({ (client) throws(JoolError) in try client.instanceIsRunning() }) else {
        throw .proxy(.noSuchInstance(client.instance))
      }
      throw .cannotAdvertise(client.module)
    }
    try client.ask { (client) throws(JoolError) in try client.advertise() }
  }
}
