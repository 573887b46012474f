import JoolCore
import SystemPackage

/// The exit status when the module cannot be reached or refuses a request.
extension JoolError {
  /// The program's exit status.
  var status: ExitStatus {
    switch self {
    case .moduleNotLoaded: .noModule
    case .refused(let code, _), .refusedByNetlink(let code), .system(_, let code), .socket(_, let code):
      ExitStatus(truncating: code.rawValue)
    case .netlinkLibrary(_, let code, _): ExitStatus(truncating: code)
    case .noAnswer: ExitStatus(truncating: Errno.timedOut.rawValue)
    case .overrun: ExitStatus(truncating: Errno.noBufferSpace.rawValue)
    case .malformedAnswer, .endlessList, .requestTooLarge, .wrongTranslator, .unsupportedModule, .versionMismatch:
      .invalid
    }
  }
}
