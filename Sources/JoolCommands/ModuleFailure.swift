import JoolCore
import SystemPackage

/// What the user reads and the shell gets when the module cannot be asked or says no.
extension JoolError {
  /// What is said after `Error: `.
  var text: String {
    switch self {
    case .moduleNotLoaded:
      """
      Jool's socket family doesn't seem to exist.
      (This probably means Jool hasn't been modprobed.)
      Netlink error message: \(NetlinkSocket.familyNotFoundText)
      """
    case .refused(let code, let message): "The kernel module returned error \(code.rawValue): \(message)"
    case .refusedByNetlink(let errno): "Error receiving the kernel module's response: \(errno)"
    case .malformedAnswer(let error): "The kernel module's response is malformed: \(error)."
    case .noAnswer: "Error receiving the kernel module's response: no answer came."
    case .overrun: "Error receiving the kernel module's response: some of it was lost; please try again."
    case .system(let call, let errno): "\(call) failed: \(errno)"
    case .netlinkLibrary(let call, _, let text): Self.libraryText(call: call, text: text)
    case .endlessList(let operation): "The kernel module's list never ends (\(operation))."
    case .wrongTranslator(let operation): "This kind of translator has no \(operation)."
    case .unsupportedModule(let version):
      """
      The kernel module's version\(version.map { " (\($0))" } ?? "") is not supported.
      This program works with \(ModuleVersion.oldestSupported) and later versions of 4.1.
      Please update \(version.map { $0 > .oldestSupported } == true ? "me" : "the kernel module").
      """
    case .versionMismatch(let module, let ours):
      """
      Version mismatch. The kernel module's version is \(module),
      but mine is \(ours).
      Please update \(module < ours ? "the kernel module" : "me").
      """
    }
  }

  /// What the program leaves with.
  var status: ExitStatus {
    switch self {
    case .moduleNotLoaded: .noModule
    case .refused(let code, _), .refusedByNetlink(let code), .system(_, let code):
      ExitStatus(truncating: code.rawValue)
    case .netlinkLibrary(_, let code, _): ExitStatus(truncating: code)
    case .noAnswer: ExitStatus(truncating: Errno.timedOut.rawValue)
    case .overrun: ExitStatus(truncating: Errno.noBufferSpace.rawValue)
    case .malformedAnswer, .endlessList, .wrongTranslator, .unsupportedModule, .versionMismatch: .invalid
    }
  }

  private static func libraryText(call: String, text: String) -> String {
    switch call {
    case "nl_connect": "Could not open the socket to kernelspace: \(text)"
    case "nl_socket_alloc": "Netlink socket allocation failure (Unknown cause)"
    case "nl_sendto": "Could not dispatch the request to kernelspace: \(text)"
    default: "\(call) failed: \(text)"
    }
  }
}
