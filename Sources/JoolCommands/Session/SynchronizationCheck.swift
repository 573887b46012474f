import JoolCore

/// What whoever synchronizes sessions wants to know before it begins.
enum SynchronizationCheck {
  /// Asks for the instance, and warns if it does not synchronize.
  ///
  /// - Throws: what the module answers if there is no such instance.
  static func run(on client: inout TranslatorClient, in context: CommandContext) throws(CommandFailure) {
    let settings = try client.ask { (client) throws(JoolError) in try client.globals() }
    if settings.boolean("ss-enabled") == false {
      context.error.print(disabledWarning(context))
    }
  }

  private static func disabledWarning(_ context: CommandContext) -> String {
    let instance = context.givenInstanceName.map { " -i '\($0)'" } ?? ""
    return """
      Warning: Session synchronization is disabled in instance '\(context.instanceName)'; nothing will arrive.
      Enable it with: \(context.programName)\(instance) global update ss-enabled true
      """
  }
}
