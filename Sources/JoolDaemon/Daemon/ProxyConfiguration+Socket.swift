internal import Glibc

extension ProxyConfiguration {
  /// The file of a Unix socket.
  public struct Socket: Hashable, Sendable {
    /// The path of the file.
    ///
    /// `nil`: that of `Jool.socketPath(of:)`, or a socket that systemd has passed. If neither is available, the mirror
    /// goes on without a socket.
    public var path: String?
    /// The owner of the file, a name or a number; `nil`: the user that the mirror runs as.
    public var owner: String?
    /// The group of the file, a name or a number; `nil`: that of the user that the mirror runs as.
    public var group: String?
    /// The mode of the file.
    ///
    /// Who may write to it may see all sessions. Only root and the mirror's user may have it send the table.
    public var mode: UInt16

    /// Creates the options of a socket.
    public init(
      path: String? = nil, owner: String? = nil, group: String? = nil, mode: UInt16 = Socket.defaultMode
    ) {
      self.path = path
      self.owner = owner
      self.group = group
      self.mode = mode
    }

    /// The default mode: owner and group.
    public static let defaultMode: UInt16 = 0o660
  }
}

extension ProxyConfiguration.Socket {
  /// The owner, the group and the mode of the file.
  /// - `user`: the user that the mirror switches to; `nil`: it does not switch.
  /// - Throws: `ProxyError.noSuchUser` or `.noSuchGroup`.
  func access(of user: UnprivilegedUser?) throws(ProxyError) -> FileAccess {
    FileAccess(
      owner: try owner.map { (name) throws(ProxyError) in try UnprivilegedUser.number(ofUser: name) } ?? user?.user
        ?? geteuid(),
      group: try group.map { (name) throws(ProxyError) in try UnprivilegedUser.number(ofGroup: name) } ?? user?.group
        ?? getegid(),
      mode: mode_t(mode))
  }
}
