public import SystemPackage

/// What went wrong between us and the module.
public enum JoolError: Error, Hashable, Sendable {
  /// No generic netlink family called Jool: neither module is loaded.
  case moduleNotLoaded
  /// The module's header or version is one this library does not speak.
  case unsupportedModule(ModuleVersion?)
  /// The module is not of the release that requests were made for: up to 4.1.8 they must match exactly, since then in
  /// major and minor. The client sends the module's own, so this is a module that was replaced, or misread.
  case versionMismatch(module: ModuleVersion, ours: ModuleVersion)
  /// The module said no.
  case refused(code: Errno, message: String)
  /// Netlink itself said no, before the module saw the request.
  case refusedByNetlink(Errno)
  /// The answer is not what Jool's protocol says.
  case malformedAnswer(WireFormatError)
  /// No answer within the time the socket waits.
  case noAnswer
  /// More messages came than the socket's buffer holds; some are lost.
  case overrun
  /// A system call failed.
  case system(call: String, Errno)
  /// libnl failed; its own words.
  case netlinkLibrary(call: String, code: Int32, text: String)
  /// The module answers list requests in a way that would never end.
  case endlessList(JoolOperation)
  /// The operation belongs to the other kind of translator; not sent, since it crashes modules up to 4.1.9.
  case wrongTranslator(JoolOperation)
}
