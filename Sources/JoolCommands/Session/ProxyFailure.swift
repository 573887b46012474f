import JoolDaemon
import JoolSession
import SystemPackage

/// The exit status when a proxy or follower cannot start.
extension ProxyError {
  /// The program's exit status.
  var status: ExitStatus {
    switch self {
    case .kernel(let error): error.status
    case .noSuchInstance: ExitStatus(rawValue: 3)
    case .lookupFailed(_, _, let code): ExitStatus(truncating: code)
    case .alreadyRunning: ExitStatus(truncating: Errno.addressInUse.rawValue)
    case .keyFile, .configuration, .mixedPeers, .network, .noSuchUser, .noSuchGroup, .userWithoutGroup: .invalid
    case .bindFailed, .optionRefused, .badInterface, .badInterfaceAddress: ExitStatus(rawValue: 1)
    case .statisticsUnavailable(_, _, let errno), .system(_, let errno), .cannotBecome(_, let errno),
      .trackFile(_, .cannotWrite(let errno)), .state(_, .unusable(let errno)):
      ExitStatus(truncating: errno.rawValue)
    case .socket(_, .failed(let errno)): ExitStatus(truncating: errno.rawValue)
    case .state(_, .inUse), .socket(_, .inUse): ExitStatus(truncating: Errno.addressInUse.rawValue)
    case .trackFile, .socket: .invalid
    }
  }
}
