internal import JoolSession

/// The reason why an address, a port or an interface that the user named can never work.
public struct NetworkFault: Error, Hashable, Sendable {
  /// The option with which the user named it.
  ///
  /// The raw value is the option's name.
  public enum Setting: String, Hashable, Sendable {
    /// The address of the multicast group.
    case group = "--net.mcast.addr"
    /// The UDP port of the group or of the link to the peers.
    case groupPort = "--net.mcast.port"
    /// The interface on which the group is joined.
    case incoming = "--net.dev.in"
    /// The interface through which datagrams are sent to the group.
    case outgoing = "--net.dev.out"
    /// The TTL or hop limit of datagrams to the group.
    case timeToLive = "--net.ttl"
    /// The address and port of a peer.
    case peer = "--net.peer"
    /// The address of the statistics server.
    case statisticsAddress = "--stats.address"
    /// The UDP port of the statistics server.
    case statisticsPort = "--stats.port"

    /// The key of the setting in `joold`'s configuration file.
    ///
    /// `nil` if that has no such key.
    var jooldKey: String? {
      switch self {
      case .group: "multicast address"
      case .groupPort: "multicast port"
      case .incoming: "in interface"
      case .outgoing: "out interface"
      case .timeToLive: "ttl"
      case .peer, .statisticsAddress, .statisticsPort: nil
      }
    }
  }

  /// The kinds of faults.
  public enum Reason: Hashable, Sendable {
    /// The port is empty or 0.
    case noPort
    /// Another socket of the proxy has the port, and the two cannot share it.
    case portTaken(by: Setting)
    /// A link-local address is ambiguous without an interface.
    case linkLocalWithoutInterface
    /// No interface has this name, or the zone after `%` is empty.
    case noInterface(String)
    /// Another setting, given with its value, names another interface.
    case contradicts(Setting, String)
    /// The interface has no multicast.
    case noMulticast(interface: String)
    /// The interface has no address of this family.
    case noAddress(interface: String, isIPv6: Bool)
    /// The interface does not have the address. With `nil`, no interface of the network namespace has it.
    case notOwn(interface: String?)
    /// Several interfaces, given by their names, have the address.
    case ambiguous([String])
    /// The address is not of the group's family, which is given.
    case otherFamily(isIPv6: Bool)
    /// The group is not a multicast address.
    case notMulticast
    /// The address is a multicast address, but must be that of one node.
    case multicast
    /// The address is unspecified (`::`, `0.0.0.0`), so it belongs to no node.
    case unspecified
    /// The address is a broadcast address.
    case broadcast
    /// The peer's address is the proxy's own, so it would be its own peer.
    case itself
    /// The kernel does not transmit such datagrams.
    case staysOnTheMachine
    /// The group has scope 0, which is reserved (RFC 4291 §2.7).
    case reservedScope
    /// The interface is not used: only peers are given, no group, and peers need none.
    case unused
  }

  /// The option with the faulty value.
  public var setting: Setting
  /// The value that the user gave.
  public var value: String
  /// The kind of fault.
  public var reason: Reason

  /// Creates the fault of a setting's value.
  public init(_ setting: Setting, _ value: String, _ reason: Reason) {
    self.setting = setting
    self.value = value
    self.reason = reason
  }
}

extension NetworkFault: CustomStringConvertible {
  /// The setting, its value and the reason, as one sentence.
  public var description: String { "\(setting.rawValue) '\(value)': \(explanation)" }

  private var explanation: String {
    switch reason {
    case .noPort: value.isEmpty ? "the port is empty." : "nothing can be sent to port 0."
    case .portTaken(let other): "\(other.rawValue) already uses this port."
    case .linkLocalWithoutInterface: "a link-local address needs an interface."
    case .noInterface(let name): "this network namespace has no interface '\(name)'."
    case .contradicts(let other, let value): "this interface differs from that of \(other.rawValue) '\(value)'."
    case .noMulticast(let interface): "the interface '\(interface)' does not support multicast."
    case .noAddress(let interface, let isIPv6): "the interface '\(interface)' has no \(Self.family(isIPv6)) address."
    case .notOwn(nil): "no interface of this network namespace has this address."
    case .notOwn(let interface?): "the interface '\(interface)' does not have this address."
    case .ambiguous(let names): "several interfaces have this address: \(names.joined(separator: ", "))."
    case .otherFamily(let isIPv6):
      "this is an \(Self.family(!isIPv6)) address, and the group is \(Self.family(isIPv6))."
    case .notMulticast: "this is not a multicast address."
    case .multicast: "this is a multicast address."
    case .unspecified: "this is the unspecified address, which no node has."
    case .broadcast: "this is a broadcast address."
    case .itself: "this proxy itself listens on this address."
    case .staysOnTheMachine: "with this value, datagrams do not leave the machine."
    case .reservedScope: "scope 0 is reserved, so the kernel drops datagrams to this group."
    case .unused: "this option needs a group, and none is given."
    }
  }

  /// The advice to the user.
  var remedy: String {
    let key = setting.jooldKey.map { " (In joold's file, this is the key \"\($0)\".)" } ?? ""
    return action + key
  }

  private var action: String {
    switch reason {
    case .noPort: "Name a port from 1 to 65535, or leave it out for the default."
    case .portTaken: "Choose another one."
    case .linkLocalWithoutInterface:
      setting == .group
        ? "Write '\(value)%eth2', or give the interface with --net.dev.in and --net.dev.out."
        : "Append the interface: '\(value)%eth2'."
    case .noInterface, .notOwn: "To list interfaces and addresses, run 'ip address'."
    case .contradicts: "Give the same interface in both, or only one of the two."
    case .noMulticast(let interface):
      "Run 'ip link set \(interface) multicast on', or give the other nodes with --net.peer."
    case .noAddress(_, let isIPv6):
      "Give it one, or use an \(Self.family(!isIPv6)) "
        + "\(setting == .peer || setting == .statisticsAddress ? "address" : "group")."
    case .ambiguous(let names): "Write '\(value)%\(names.first ?? "eth2")', or give the interface's name instead."
    case .otherFamily: "Give the interface's name instead."
    case .notMulticast:
      "Give a group, such as ff08::db8:64:64 or 239.64.64.64. For the address of a node, use --net.peer."
    case .multicast:
      setting == .peer
        ? "Give a group as --net.mcast.addr, or a node's own address here."
        : "Name an address of this machine, or '::' for all."
    case .unspecified, .broadcast, .itself:
      setting == .statisticsAddress
        ? "Name an address of this machine, or '::' for all." : "Name an address of another node."
    case .staysOnTheMachine:
      setting == .timeToLive
        ? "Give at least 1, which reaches the nodes on the same link."
        : "Use a group that reaches the link (ff02::…) or the site (ff05::…, ff08::…)."
    case .reservedScope: "Use a group that reaches the link (ff02::…) or the site (ff05::…, ff08::…)."
    case .unused:
      "Leave it out. To choose the interface to a peer, append it to the peer's address: 'fe80::2%eth2'."
    }
  }

  private static func family(_ isIPv6: Bool) -> String { isIPv6 ? "IPv6" : "IPv4" }
}
