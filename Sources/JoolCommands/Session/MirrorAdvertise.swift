import JoolCore
import JoolDaemon

/// `session mirror advertise`: sends the mirror's sessions to C proxies, which cannot fetch them.
struct MirrorAdvertise: Command {
  /// The group of the mirror; `nil`: the instance's name.
  var group: String?

  var syntax: Syntax<Self> {
    Syntax(arguments: "GROUP") { (command, text) throws(ArgumentError) in try command.group.fill(text) }
  }

  func run(in context: CommandContext) throws(CommandFailure) {
    guard let name = InstanceName(group ?? context.instanceName) else { throw .invalid(.instanceName) }
    let count: Int?
    do throws(ProxyControl.Failure) { count = try context.proxy.advertiseMirror(name) } catch {
      throw .proxyFailed(error)
    }
    guard count != nil else { throw .noMirror(group: name) }
  }
}
