internal import CLinux
internal import Glibc

/// The process at the other end of a Unix socket: the one that connected, or the one that called listen(2).
struct PeerCredentials {
  /// The process ID; 0 for a process of another PID namespace.
  let process: Int32
  let user: UInt32

  init?(of descriptor: Int32) {
    var peer = clinux_peer()
    guard clinux_peer_of(descriptor, &peer) == 0 else { return nil }
    (process, user) = (peer.process, peer.user)
  }

  init?(ofProcess process: Int32) {
    guard let rights = ProcessRights(of: process) else { return nil }
    (self.process, user) = (process, rights.user)
  }

  /// Whether the process runs as root or as this process's own user.
  var isOurs: Bool { user == 0 || user == geteuid() }

  /// Whether the process may configure the module as a proxy does, whatever its user is.
  var mayAdministrate: Bool { isOurs || ProcessRights(of: process)?.hasNetAdmin == true }
}
