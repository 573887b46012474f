import JoolCore

/// A command's access to the kernel module.
struct ModuleAccess {
  /// Opens a transport to the module.
  var transport: () throws(JoolError) -> AnyTransport = AnyTransport.socket
  /// The module's version, if it is known without a request to the module.
  var loadedVersion: () -> ModuleVersion? = ModuleVersion.loaded
}
