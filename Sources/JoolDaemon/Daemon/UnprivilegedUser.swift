internal import CLinux
internal import Glibc
internal import JoolCore
internal import SystemPackage

/// The user that a proxy switches to once everything is open that needs privileges (`--user`).
struct UnprivilegedUser {
  /// The text that was given: `USER` or `USER:GROUP`.
  let name: String
  let user: uid_t
  let group: gid_t

  /// Finds `USER` or `USER:GROUP`, each a name or a number.
  ///
  /// A name of digits is looked up before it is taken as a number, as chown(1) does. Without a group, the user's own
  /// group is used. Therefore a number that belongs to no user needs a group.
  /// - Throws: `ProxyError.noSuchUser`, `.noSuchGroup` or `.userWithoutGroup`.
  init(_ text: String) throws(ProxyError) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    // getpwnam(3) is not thread-safe, but no other code in this process looks up users.
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
    group = try Self.number(ofGroup: parts[1])
  }

  /// The number of a user, given by its name or number.
  static func number(ofUser text: String) throws(ProxyError) -> uid_t {
    guard let user = getpwnam(text)?.pointee.pw_uid ?? number(text) else { throw .noSuchUser(text) }
    return user
  }

  /// The number of a group, given by its name or number.
  static func number(ofGroup text: String) throws(ProxyError) -> gid_t {
    guard let group = getgrnam(text)?.pointee.gr_gid ?? number(text) else { throw .noSuchGroup(text) }
    return group
  }

  /// The number in a text of digits.
  ///
  /// `nil` for the greatest number, which means "unchanged" to the system calls: the proxy would stay root.
  private static func number(_ text: String) -> UInt32? {
    guard text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) else { return nil }
    return UInt32(text).flatMap { $0 == .max ? nil : $0 }
  }

  /// Runs `body` with this user's rights, which limits the effect of opening a file that the user could have planted.
  func acting<Value: ~Copyable>(_ body: () throws(ProxyError) -> Value) throws(ProxyError) -> Value {
    var previous = clinux_identity()
    guard clinux_begin_acting(user, group, &previous) == 0 else { throw .cannotBecome(user: name, .current) }
    let result = Result { () throws(ProxyError) in try body() }
    guard clinux_end_acting(&previous) == 0 else { throw .system(call: "seteuid", .current) }
    return try result.get()
  }

  /// Switches to this user permanently.
  ///
  /// - `keepingNetAdmin`: whether CAP_NET_ADMIN is kept, because the module requires it. No other capability is.
  func become(keepingNetAdmin: Bool = true) throws(ProxyError) {
    guard clinux_become(user, group, keepingNetAdmin) == 0 else { throw .cannotBecome(user: name, .current) }
  }
}

extension UnprivilegedUser? {
  /// Runs `body` with the rights of the user that the proxy switches to.
  ///
  /// If there is none, it runs with the proxy's own.
  func acting<Value: ~Copyable>(_ body: () throws(ProxyError) -> Value) throws(ProxyError) -> Value {
    if let self { try self.acting(body) } else { try body() }
  }
}
