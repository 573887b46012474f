internal import JoolCore

/// What a proxy shows to clients that ask it in the module's place. So far only mirrors do.
extension SessionProxy {
  /// Makes the table fit for lists.
  ///
  /// Call it before the proxy has a table.
  package mutating func serveLists() {
    servesLists = true
    node?.table.keepMasksInOrder()
  }

  /// The instance as a client sees it: a NAT64 of the newest module, with the settings that a mirror knows.
  package func moduleProfile() -> ModuleProfile {
    let entry = InstanceEntry(namespace: 0, framework: .netfilter, name: instance)
    var profile = ModuleProfile(instance: entry, pool6: module.kernel?.pool6)
    profile.advertisement = module.isAttached ? .possible : .refused(Self.isStarting)
    guard let kernel = module.kernel, let settings = mirror?.settings else {
      profile.unavailability = Self.isStarting
      return profile
    }
    var values: [GlobalKey: GlobalValue] = [
      .ssEnabled: .boolean(true), .pool6: .prefix6(kernel.pool6),
      .tcpEstTimeout: .timeout(kernel.limits.tcpEstablished),
      .tcpTransTimeout: .timeout(kernel.limits.tcpTransitory), .udpTimeout: .timeout(kernel.limits.udp),
      .icmpTimeout: .timeout(kernel.limits.icmp),
    ]
    for setting in settings.globals where values[setting.key] == nil { values[setting.key] = setting.value }
    profile.globals = profile.globals.map { GlobalSetting(key: $0.key, value: values[$0.key] ?? $0.value) }
    profile.pool4 = ModuleProfile.pool4(of: mirror?.pool4.ranges ?? [])
    return profile
  }

  private static let isStarting =
    "The mirror does not know pool6 of its NAT64s yet. Try again when a peer was received."

  /// Answers a datagram of a client from the table.
  /// - Parameters:
  ///   - responder: the responder of the client.
  ///   - datagram: netlink messages of the client.
  ///   - now: the present time.
  /// - Returns: the datagrams to send, in this order.
  package func respond(_ responder: inout ModuleResponder, to datagram: [UInt8], now: Instant) -> [[UInt8]] {
    if let replies = node.borrowed({ responder.respond(to: datagram, table: $0.table, now: now) }) { return replies }
    // The profile says that there is no table yet.
    guard let empty = IPv6Prefix("64:ff9b::/96").flatMap({ SessionTable(pool6: $0, now: now) }) else { return [] }
    return responder.respond(to: datagram, table: empty, now: now)
  }

  /// Notes whether clients follow the table.
  ///
  /// Without any, nothing is collected.
  package mutating func setFollowed(_ isFollowed: Bool) {
    guard node.isPresent, node.borrowed({ $0.announcements != nil }) != isFollowed else { return }
    node?.announcements = isFollowed ? SessionAnnouncements() : nil
  }

  /// Takes what the followers are told: messages as those of the module's multicast group.
  /// - Parameter family: the number of the family that clients were given.
  /// - Returns: the messages, and whether some sessions are missing in them.
  package mutating func takeAnnouncements(family: UInt16) -> (messages: [[UInt8]], isCut: Bool) {
    guard let taken = node.borrowed({ $0.announcements }) ?? nil, !taken.sessions.isEmpty else { return ([], false) }
    node?.announcements = SessionAnnouncements()
    let version = ModuleVersion.newestKnown
    let layout = RecordLayout(module: version)
    let header = JoolHeader(version: version, translator: .nat64, instance: instance)
    let messages = stride(from: 0, to: taken.sessions.count, by: layout.safeRecordsPerMessage).map { first in
      let sessions = taken.sessions[first...].prefix(layout.safeRecordsPerMessage)
      return SyncMulticast.message(header, records: layout.encode(sessions), family: family)
    }
    return (messages, taken.isCut)
  }
}

extension ModuleProfile {
  /// The greatest number of pool4 entries that are listed.
  private static let maxPool4 = 65_536

  /// The entries of a pool4 in the order of the module: one for each address, by mark, then by address and ports.
  static func pool4(of ranges: [MaskRange]) -> [Pool4Entry] {
    var entries: [Pool4Entry] = []
    for range in ranges {
      for bits in range.addresses.prefix(maxPool4 - entries.count) {
        entries.append(
          Pool4Entry(
            mark: range.mark, proto: range.proto, prefix: IPPrefix(host: IPv4Address(bits: bits)),
            ports: PortRange(range.ports.lowerBound, range.ports.upperBound),
            iterations: MaxIterations(limit: 1024, flags: .automatic)))
      }
    }
    return entries.sorted {
      ($0.mark, $0.prefix.address.bits, $0.ports.first) < ($1.mark, $1.prefix.address.bits, $1.ports.first)
    }
  }
}
