internal import CLinux
internal import Glibc
internal import JoolCore
internal import SystemPackage

/// The user that a proxy becomes once everything is open that needs rights (`--user`).
struct UnprivilegedUser {
  /// As it was given.
  let name: String
  let user: uid_t
  let group: gid_t

  /// Finds `USER` or `USER:GROUP`, each a name or a number.
  ///
  /// A name of digits is looked up before it is taken as a number, as chown(1) does. Without a group it is the user's
  /// own, so a number that no user has needs one.
  init(_ text: String) throws(ProxyError) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    // Nobody else in this process looks users up.
    let entry = getpwnam(parts[0]) ?? Self.number(parts[0]).flatMap { getpwuid($0) }
    let known = entry.map { (user: $0.pointee.pw_uid, group: $0.pointee.pw_gid) }
    guard let user = known?.user ?? Self.number(parts[0]) else { throw .noSuchUser(parts[0]) }
    name = text
    self.user = user
    guard parts.count == 2 else {
      guard let known else { throw .userWithoutGroup(parts[0]) }
      group = known.group
      return
    }
    guard let group = getgrnam(parts[1])?.pointee.gr_gid ?? Self.number(parts[1]) else {
      throw .noSuchGroup(parts[1])
    }
    self.group = group
  }

  /// The greatest number stands for "unchanged" in the system's calls: it would leave the proxy root.
  private static func number(_ text: String) -> UInt32? {
    guard text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) else { return nil }
    return UInt32(text).flatMap { $0 == .max ? nil : $0 }
  }

  /// Does something with this user's rights, such as opening a file that it could have planted.
  func acting<Value>(_ body: () throws(ProxyError) -> Value) throws(ProxyError) -> Value {
    var previous = clinux_identity()
    guard clinux_begin_acting(user, group, &previous) == 0 else { throw .cannotBecome(user: name, .current) }
    let result = Result { () throws(ProxyError) in try body() }
    guard clinux_end_acting(&previous) == 0 else { throw .system(call: "seteuid", .current) }
    return try result.get()
  }

  /// For good. What is left is CAP_NET_ADMIN, which the module asks for.
  func become() throws(ProxyError) {
    guard clinux_keep_net_admin(user, group) == 0 else { throw .cannotBecome(user: name, .current) }
  }
}

extension UnprivilegedUser? {
  /// Does something with the rights of the user that the proxy becomes, or with those that it keeps.
  func acting<Value>(_ body: () throws(ProxyError) -> Value) throws(ProxyError) -> Value {
    if let self { try self.acting(body) } else { try body() }
  }
}
