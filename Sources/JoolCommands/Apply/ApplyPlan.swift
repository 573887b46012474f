import JoolCore

/// A file without faults, and the changes that lead to it.
struct ApplyPlan {
  let file: ConfigurationFile
  let difference: ConfigurationDifference

  /// Reads the file and the instance, and compares them.
  ///
  /// Changes nothing but the instance of the client. Blocks until the module has listed everything.
  /// - Throws: The failures of `file check` and of the module.
  init(
    path: String, client: inout TranslatorClient, force: Bool, in context: CommandContext
  ) throws(CommandFailure) {
    file = try ConfigurationFile(path: path, in: context)
    client.instance = file.instance
    // What the module would refuse is found before the first change, so it leaves no instance half changed.
    try file.check(forModule: client.module, force: force, in: context)
    let configuration = file.configuration
    let running = try client.ask { (client) throws(JoolError) in
      try RunningConfiguration.read(from: &client, contradicting: configuration.bib)
    }
    difference = ConfigurationDifference(
      from: running, to: configuration, translator: client.translator, module: client.module)
  }
}
