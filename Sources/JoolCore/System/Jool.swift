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

  /// Connects to a program that answers in the module's place, such as `jool session mirror`.
  ///
  /// Needs no module and no privilege, but the right to connect to the socket. Blocks until the program has answered,
  /// for at most 5 seconds per answer.
  /// - Parameters:
  ///   - socket: The path of the socket.
  ///   - instance: The name of the instance that the program serves.
  /// - Returns: A client for this instance.
  /// - Throws: `JoolError.socket` if the socket cannot be connected to, and the other errors of
  ///   `JoolClient.init(transport:translator:instance:module:sequence:)`.
  public static func connect(
    socket: String, instance: InstanceName = .default
  ) throws(JoolError) -> JoolClient<UnixSocket> {
    try JoolClient(
      transport: try UnixSocket(path: socket), translator: .nat64, instance: instance, module: nil)
  }

  /// The path at which a mirror of a group has its socket, unless it was given another.
  /// - Parameter instance: The name of the group.
  /// - Returns: `/run/jool/INSTANCE.sock`, or `nil` for a name that cannot be in a path: an empty one, or one with a
  ///   slash.
  public static func socketPath(of instance: InstanceName) -> String? {
    let name = instance.description
    return name.isEmpty || name.utf8.contains(UInt8(ascii: "/")) ? nil : "/run/jool/\(name).sock"
  }
}
