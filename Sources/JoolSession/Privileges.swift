internal import CLinux
internal import Glibc
internal import JoolCore
internal import SystemPackage

/// The user that a proxy becomes once everything is open that needs rights (`--user`).
struct UnprivilegedUser {
  let name: String
  private let user: uid_t
  private let group: gid_t

  init(_ name: String) throws(ProxyError) {
    // Nobody else in this process looks users up.
    guard let entry = getpwnam(name) else { throw .noSuchUser(name) }
    self.name = name
    user = entry.pointee.pw_uid
    group = entry.pointee.pw_gid
  }

  /// For good. What is left is CAP_NET_ADMIN, which the module asks for.
  func become() throws(ProxyError) {
    guard clinux_keep_net_admin(user, group) == 0 else { throw .cannotBecome(user: name, .current) }
  }
}
