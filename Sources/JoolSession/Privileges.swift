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

  /// Files that the proxy makes before it becomes this user must be this user's.
  func take(_ file: borrowing OwnedDescriptor) throws(Errno) {
    guard fchown(file.rawValue, user, group) == 0 else { throw .current }
  }

  /// For good. What is left is CAP_NET_ADMIN, which the module asks for.
  func become() throws(ProxyError) {
    guard clinux_keep_net_admin(user, group) == 0 else { throw .cannotBecome(user: name, .current) }
  }
}

/// What a process may do.
enum Privileges {
  /// CAP_NET_ADMIN, capability 12 (capabilities(7)): who has it can tell the module anything without us.
  static func hasNetAdmin(process: Int32) -> Bool {
    guard process > 0, let status = fopen("/proc/\(process)/status", "re") else { return false }
    defer { fclose(status) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, Int32(line.count), status) != nil {
      let words = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self).split {
        $0.isWhitespace
      }
      guard words.first == "CapEff:", words.count == 2 else { continue }
      return UInt64(words[1], radix: 16).map { $0 & 1 << 12 != 0 } ?? false
    }
    return false
  }
}
