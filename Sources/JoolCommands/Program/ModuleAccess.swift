import Glibc
import JoolCore

/// A command's access to the kernel module.
struct ModuleAccess {
  /// Opens a transport to the module.
  var transport: () throws(JoolError) -> AnyTransport = AnyTransport.socket
  /// The module's version, if it is known without a request to the module.
  var loadedVersion: () -> ModuleVersion? = ModuleVersion.loaded
  /// Opens a transport to the program that serves the socket at a path.
  var socket: (_ path: String) throws(JoolError) -> AnyTransport = AnyTransport.socket(at:)
  /// The path of the socket that serves an instance in the module's place; `nil` if there is none.
  var socketPath: (InstanceName) -> String? = { instance in
    Jool.socketPath(of: instance).flatMap { access($0, F_OK) == 0 ? $0 : nil }
  }

  /// The access without sockets, for what only a module can do.
  var ofModuleAlone: Self {
    var access = self
    access.socketPath = { _ in nil }
    return access
  }
}

/// An operation that does not ask the instance, but files, the machine, or a running proxy or mirror.
///
/// It is refused with `--socket`, which it would ignore.
protocol IndependentOfInstance {}

extension Doctor: IndependentOfInstance {}
extension FileCheck: IndependentOfInstance {}
extension GlobalExplain: IndependentOfInstance {}
extension KeyGeneration: IndependentOfInstance {}
extension MirrorAdvertise: IndependentOfInstance {}
extension ProxyStatusQuery: IndependentOfInstance {}
extension SessionMirrorCommand: IndependentOfInstance {}
extension SessionProxyCommand: IndependentOfInstance {}
