public import SystemPackage

/// The errors of communication with the module.
public enum JoolError: Error, Hashable, Sendable {
  /// The kernel has no generic netlink family called Jool, so neither module is loaded.
  case moduleNotLoaded
  /// This library does not support the module's header or version. `nil`: the version is not known.
  case unsupportedModule(ModuleVersion?)
  /// The module refused the version in the request. The client sends the module's own version, so the module was
  /// replaced after the client read it, or it was misread. (Up to 4.1.8 versions must match exactly, since then in
  /// major and minor.)
  case versionMismatch(module: ModuleVersion, ours: ModuleVersion)
  /// The module refused the request, with its error code and its text.
  case refused(code: Errno, message: String)
  /// Netlink refused the request before the module received it.
  case refusedByNetlink(Errno)
  /// The answer does not follow Jool's protocol.
  case malformedAnswer(WireFormatError)
  /// No answer arrived within the time that the transport waits.
  case noAnswer
  /// More messages arrived than the socket's buffer holds, so some are lost.
  case overrun
  /// A system call failed.
  case system(call: String, Errno)
  /// The Unix socket with this path does not lead to a program that answers in the module's place. The reasons:
  /// `.noSuchFileOrDirectory`; `.permissionDenied`; `.notSocket` for another kind of file; `.connectionRefused` if
  /// nobody listens; `.connectionReset` if the program has closed the connection; or another error of the call.
  case socket(path: String, Errno)
  /// A call of libnl failed, with libnl's code and text.
  case netlinkLibrary(call: String, code: Int32, text: String)
  /// The module answers list requests in a way that would never end.
  case endlessList(JoolOperation)
  /// The values of a request need more than the 65,531 bytes that an attribute holds. It was not sent.
  case requestTooLarge(JoolOperation)
  /// The operation belongs to the other translator type. It was not sent, because it crashes modules up to 4.1.9.
  case wrongTranslator(JoolOperation)
}

extension JoolError: CustomStringConvertible {
  /// The text for users, with the C client's wording and line breaks where that client has such a text.
  ///
  /// The command line prints `Error: ` before it.
  public var description: String {
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
    case .noAnswer: "Error receiving the kernel module's response: no answer arrived."
    case .overrun: "Error receiving the kernel module's response: some of it was lost; please try again."
    case .system(let call, let errno): "\(call) failed: \(errno)"
    case .socket(let path, let errno): Self.socketText(path, errno)
    case .netlinkLibrary(let call, _, let text): Self.libraryText(call: call, text: text)
    case .endlessList(let operation): "The kernel module's list never ends (`\(operation)`)."
    case .requestTooLarge(let operation): "The request `\(operation)` is too large; send fewer values at a time."
    case .wrongTranslator(let operation): "This kind of translator has no `\(operation)`."
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

  /// The description on one line, for logs.
  public var line: String { description.split(separator: "\n").joined(separator: " ") }

  private static func socketText(_ path: String, _ errno: Errno) -> String {
    switch errno {
    case .noSuchFileOrDirectory, .notDirectory: "There is no socket '\(path)'. (Does the mirror run that serves it?)"
    case .permissionDenied:
      "You may not connect to the socket '\(path)'. (Its owner, its group and its mode decide who may.)"
    case .notSocket: "'\(path)' is not a socket."
    case .connectionRefused: "Nobody listens on the socket '\(path)'. (The mirror that served it has ended.)"
    case .protocolWrongTypeForSocket: "The socket '\(path)' is not that of a mirror."
    case .fileNameTooLong: "The path of a socket has at most \(UnixAddress.maxPathLength) bytes, unlike '\(path)'."
    case .connectionReset:
      "The connection to '\(path)' was closed at the other end. (The mirror has ended, or has too many clients.)"
    default: "The socket '\(path)' cannot be used: \(errno)"
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
