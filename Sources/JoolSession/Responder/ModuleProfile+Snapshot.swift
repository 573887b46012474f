internal import JoolCore

extension ModuleProfile {
  /// The properties of the instance whose table a snapshot has, as far as the snapshot contains them.
  ///
  /// The other global variables have the values of a new instance.
  package init(_ snapshot: TableSnapshot) {
    self.init(
      instance: InstanceEntry(namespace: 0, framework: .netfilter, name: snapshot.group), pool6: snapshot.pool6)
    let timeouts: [GlobalKey: Milliseconds] = [
      .tcpEstTimeout: snapshot.limits.tcpEstablished, .tcpTransTimeout: snapshot.limits.tcpTransitory,
      .udpTimeout: snapshot.limits.udp, .icmpTimeout: snapshot.limits.icmp,
    ]
    globals = globals.map { setting in
      timeouts[setting.key].map { GlobalSetting(key: setting.key, value: .timeout($0)) } ?? setting
    }
    pool4 = snapshot.pool4.flatMap(\.pool4Entries)
  }
}

extension MaskRange {
  /// The range as entries of pool4: the fewest prefixes that have its addresses.
  var pool4Entries: [Pool4Entry] {
    var entries: [Pool4Entry] = []
    var (next, end) = (UInt64(addresses.lowerBound), UInt64(addresses.upperBound) + 1)
    while next < end {
      // The greatest power of two that divides the first address and is no more than what is left.
      var size = next == 0 ? UInt64(1) << 32 : next & (~next + 1)
      while size > end - next { size /= 2 }
      let prefix = IPv4Prefix(
        address: IPv4Address(bits: UInt32(next)), length: 32 - size.trailingZeroBitCount)
      if let prefix {
        entries.append(
          Pool4Entry(
            mark: mark, proto: proto, prefix: prefix, ports: PortRange(ports.lowerBound, ports.upperBound)))
      }
      next += size
    }
    return entries
  }
}
