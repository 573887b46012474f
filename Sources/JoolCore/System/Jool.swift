/// Jool's kernel module on this machine.
public enum Jool {
  /// A client that reaches the module through a netlink socket of its own.
  public typealias Client = JoolClient<NetlinkSocket>

  /// Connects to the loaded module.
  ///
  /// Reads the module's version from sysfs, or else requests it from the module. The client acts in the network
  /// namespace of the thread that calls it. Requests need `CAP_NET_ADMIN`, and are refused without it. Blocks until the
  /// kernel has answered, for at most 5 seconds per answer.
  /// - Parameters:
  ///   - translator: The translator type of the instance.
  ///   - instance: The name of the instance. It need not exist yet.
  /// - Returns: A client for this instance.
  /// - Throws: One of these errors:
  ///   - `JoolError.moduleNotLoaded` if neither of Jool's modules is loaded.
  ///   - `JoolError.unsupportedModule` if the module is older than 4.1.5, or newer than 4.1.
  ///   - `JoolError.netlinkLibrary` or `.system` if the socket cannot be opened.
  ///   - The other errors of `JoolClient.init(transport:translator:instance:module:sequence:)`.
  public static func connect(
    _ translator: TranslatorType = .nat64, instance: InstanceName = .default
  ) throws(JoolError) -> Client {
    try JoolClient(
      transport: try NetlinkSocket(), translator: translator, instance: instance, module: ModuleVersion.loaded())
  }
}
