internal import JoolCore
internal import JoolSession
internal import SystemPackage

/// The proxy's two netlink sockets: one for the module's multicasts, one for requests.
///
/// They are separate so that answers and bursts of multicasts do not share a buffer. Both are opened anew whenever the
/// module returns.
struct ModuleConnection: ~Copyable {
  var client: Jool.Client
  let events: NetlinkSocket
  /// The size of the receive buffer of `events` in bytes, as the kernel granted it for `receiveBuffer`.
  let grantedBuffer: Int32

  /// The requested receive buffer in bytes.
  ///
  /// One message of the module occupies 2 to 4 KiB of it.
  static let receiveBuffer: Int32 = 16 << 20

  init(instance: InstanceName) throws(JoolError) {
    let client = try Jool.connect(.nat64, instance: instance)
    let events = try NetlinkSocket()
    let grantedBuffer = events.enlargeReceiveBuffer(to: Self.receiveBuffer)
    try client.joinSyncGroup(events)
    self.client = client
    self.events = events
    self.grantedBuffer = grantedBuffer
  }

  /// Reads the present state of the instance.
  ///
  /// `nil` if the instance does not exist, or has no pool6.
  mutating func inspect() throws(JoolError) -> ModuleInspection? {
    guard try client.instanceIsRunning() else { return nil }
    return ModuleInspection(
      module: client.module, globals: try client.globals(), statistics: try client.statistics())
  }

  /// Does the same at a program's start, with errors for the user.
  /// - Throws: `ProxyError.kernel`, or `.noSuchInstance` where `inspect()` returns `nil`.
  mutating func inspectAtStart(_ instance: InstanceName) throws(ProxyError) -> ModuleInspection {
    let inspection: ModuleInspection?
    do throws(JoolError) { inspection = try inspect() } catch { throw .kernel(error) }
    guard let inspection else { throw .noSuchInstance(instance) }
    return inspection
  }

  /// Sends the module one request and waits for the answer.
  /// - Returns: the outcome of the request.
  mutating func carryOut(_ request: StoreRequest) throws(JoolError) -> StoreRequest.Outcome {
    switch request {
    case .acknowledge: try client.acknowledgeSessions()
    case .readBIB(let proto, let previous):
      let page = try client.bibEntries(of: proto, after: previous)
      return .bibEntries(page.entries, hasMore: page.hasMore)
    case .readSessions(let proto, let previous):
      let page = try client.sessions(of: proto, after: previous)
      return .sessions(page.sessions, hasMore: page.hasMore)
    case .readPool4(let proto, let previous):
      let page = try client.pool4Entries(of: proto, after: previous)
      return .pool4Entries(page.entries, hasMore: page.hasMore)
    case .add(let sessions): try client.addSessions(sessions[...])
    case .evict(let entry):
      // The module would remove a static entry, too, and the administrator may have added one since the last audit.
      let present = try client.bibEntry(of: entry.proto, mask: entry.source4)
      if let present, present.isStatic, present.source6 == entry.source6 { return .isStatic }
      do throws(JoolError) {
        try client.removeBIB(BIBSelector(proto: entry.proto, source6: entry.source6, source4: entry.source4))
      } catch .refused(.noSuchProcess, _) {
        // The entry has expired, or its client has another mask by now.
      }
    }
    return .done
  }
}

/// Receives notifications when generic netlink families are registered or removed, because the module may be removed
/// and loaded again under a running proxy.
struct FamilyWatcher: ~Copyable {
  let socket: NetlinkSocket

  /// The controller's group "notify", which has the controller's own number.
  private static let notifications = UInt32(GenericFamily.controller)

  init() throws(JoolError) {
    let socket = try NetlinkSocket()
    try socket.join(group: Self.notifications)
    self.socket = socket
  }

  /// Reads and discards the waiting notifications.
  ///
  /// Each of them only means that the module should be looked at again.
  func drain() {
    var buffer = [UInt8](repeating: 0, count: 16_384)
    while let count = try? socket.receive(into: &buffer, waiting: false), count > 0 {}
  }
}
