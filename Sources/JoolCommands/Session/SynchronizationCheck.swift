import JoolCore

/// What whoever synchronizes sessions wants to know before it begins.
enum SynchronizationCheck {
  /// Asks for the instance, and warns if it does not synchronize.
  ///
  /// - Returns: the instance.
  /// - Throws: what the module answers if there is no such instance.
  static func run(in context: CommandContext) throws(CommandFailure) -> InstanceName {
    var client = try context.client()
    let settings = try client.ask { (client) throws(JoolError) in try client.globals() }
    if settings.boolean("ss-enabled") == false { context.warn(warning(context)) }
    return client.instance
  }

  private static func warning(_ context: CommandContext) -> String {
    let option = context.givenInstanceName.map { " -i '\($0)'" } ?? ""
    return """
      Session synchronization is disabled in instance '\(context.instanceName)'; no sessions will come.
      Enable it with: jool\(option) global update ss-enabled true
      """
  }
}
