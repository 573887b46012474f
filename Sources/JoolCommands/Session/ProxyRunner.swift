import JoolCore

/// Starts a proxy for `session proxy` and for `joold`.
enum ProxyRunner {
  static func run(_ arguments: ProxyArguments, in context: CommandContext) throws(CommandFailure) {
    guard arguments.multicastAddress != nil else { throw .invalid(.noMulticastAddress) }
    var client = try context.client()
    try SynchronizationCheck.run(on: &client, in: context)
    context.output.write(arguments.banner(instance: context.instanceName))
    context.output.flush()
  }
}
