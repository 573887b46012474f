internal import Glibc
internal import JoolCore
internal import JoolSession
internal import Logging
internal import SystemPackage

/// Serves the clients that ask a mirror in the module's place.
extension ProxyEventLoop where Store: ~Copyable {
  /// Opens the socket for the clients of a mirror.
  ///
  /// If the user has not chosen a socket, the mirror does without it where it cannot be made.
  /// - `user`: the user that the mirror switches to.
  /// - Throws: `ProxyError.socket` if the user has chosen the socket.
  static func openTable(
    _ configuration: ProxyConfiguration, as user: UnprivilegedUser?, for proxy: inout SessionProxy, log: Logger
  ) throws(ProxyError) -> TableSocket? {
    guard let options = configuration.mirror?.socket else { return nil }
    var listener: TableListener?
    if options.path == nil { listener = TableListener(passedBy: { getenv($0).map { String(cString: $0) } }) }
    if listener == nil, let path = options.path ?? Jool.socketPath(of: configuration.instance) {
      let access = try options.access(of: user)
      do throws(SocketFault) {
        if options.path == nil { TableListener.makeDefaultFolder() }
        listener = try TableListener(path: path, access)
      } catch {
        guard options.path == nil else { throw .socket(path, error) }
        log.info("No socket for `jool --socket` was made at '\(path)': \(error).")
      }
    }
    guard let opened = consume listener else { return nil }
    do throws(Errno) {
      let table = try TableSocket(opened)
      let path = table.path
      proxy.serveLists()
      log.info("`jool --socket \(path)` shows the table.")
      return table
    } catch {
      throw .system(call: "epoll", error)
    }
  }

  mutating func serveTable(_ poller: borrowing Poller, now: Instant) {
    guard let descriptor = table.borrowed({ $0.descriptor }), poller.hasInput(descriptor) else { return }
    let wantsAdvertisement = table?.serve(proxy, now: now) ?? false
    proxy.setFollowed(table.borrowed { $0.hasFollowers } ?? false)
    if wantsAdvertisement { proxy.requestAudit(.advertisement) }
  }

  /// Sends what the table has gained to the followers.
  mutating func tellFollowers(_ now: Instant) {
    guard table.borrowed({ $0.hasFollowers }) == true else { return }
    let (messages, isCut) = proxy.takeAnnouncements(family: TableSocket.netlinkFamily)
    if !messages.isEmpty { table?.announce(messages, isCut: isCut, now: now, log: log) }
    proxy.setFollowed(table.borrowed { $0.hasFollowers } ?? false)
  }
}
