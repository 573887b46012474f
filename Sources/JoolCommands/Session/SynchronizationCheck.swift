import JoolCore

/// The check that `session proxy`, `session follow` and `joold` make before they start.
enum SynchronizationCheck {
  /// Asks the module for the instance's settings, and warns if session synchronization is disabled.
  ///
  /// - Returns: the instance's name.
  /// - Throws: `CommandFailure.module` if there is no such instance, or if the module cannot be asked.
  static func run(in context: CommandContext) throws(CommandFailure) -> InstanceName {
    var context = context
    context.socket = nil
    context.module = context.module.ofModuleAlone
    return try client(in: context).instance
  }

  /// Does the same for a module or a program in its place.
  ///
  /// - Returns: the client that has asked.
  static func client(in context: CommandContext) throws(CommandFailure) -> TranslatorClient {
    var client = try context.client()
    let settings = try client.ask { (client) throws(JoolError) in try client.globals() }
    if settings.boolean(.ssEnabled) == false { context.messages.warn(warning(context)) }
    return client
  }

  private static func warning(_ context: CommandContext) -> String {
    let option = context.givenInstanceName.map { " -i '\($0)'" } ?? ""
    return """
      Session synchronization is disabled in instance '\(context.instanceName)', so it announces no sessions.
      Enable it with: jool\(option) global update ss-enabled true
      """
  }
}
