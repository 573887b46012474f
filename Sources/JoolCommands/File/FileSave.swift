import JoolCore

/// `file save`: prints the instance's configuration as a file, from which `file handle` can restore it.
struct FileSave: Command {
  var syntax: Syntax<Self> { Syntax() }

  func run(in context: CommandContext) throws(CommandFailure) {
    var client = try context.client()
    let sections = try client.ask { (client) throws(JoolError) in try client.configurationSections() }
    let configuration = InstanceConfiguration(
      instanceName: client.instance, framework: try framework(&client, in: context), sections: sections)
    context.output.write(configuration.fileText)
  }

  /// The instance's framework.
  ///
  /// Netfilter, with a warning, if it is ambiguous (`instanceFrameworks`).
  private func framework(
    _ client: inout TranslatorClient, in context: CommandContext
  ) throws(CommandFailure) -> Framework {
    let frameworks = try client.ask { (client) throws(JoolError) in try client.instanceFrameworks() }
    if frameworks.count > 1 {
      context.messages.warn(
        "Instances called '\(client.instance)' exist in several network namespaces, with different frameworks. "
          + "Please check the key \"framework\".")
    }
    return frameworks.count == 1 ? frameworks.first ?? .netfilter : .netfilter
  }
}
