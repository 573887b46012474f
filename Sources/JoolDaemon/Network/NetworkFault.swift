internal import JoolSession

/// Why an address, a port or an interface that the user named can never work.
public struct NetworkFault: Error, Hashable, Sendable {
  /// What the user named it with.
  public enum Setting: String, Hashable, Sendable {
    case group = "--net.mcast.addr"
    case groupPort = "--net.mcast.port"
    case incoming = "--net.dev.in"
    case outgoing = "--net.dev.out"
    case timeToLive = "--net.ttl"
    case peer = "--net.peer"
    case statisticsAddress = "--stats.address"
    case statisticsPort = "--stats.port"

    /// The key in `joold`'s file.
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

  public enum Reason: Hashable, Sendable {
    case noPort
    /// Two sockets of the proxy cannot share it.
    case portTaken(by: Setting)
    case linkLocalWithoutInterface
    /// `%` with nothing behind it, or something that is no interface.
    case noInterface(String)
    /// The interface of this setting is another one.
    case contradicts(Setting, String)
    case noMulticast(interface: String)
    case noAddress(interface: String, isIPv6: Bool)
    /// No interface has the address, or not the one that is named beside it.
    case notOwn(interface: String?)
    /// Several interfaces have it.
    case ambiguous([String])
    case otherFamily(isIPv6: Bool)
    case notMulticast
    case multicast
    case unspecified
    case broadcast
    /// The proxy would be its own peer.
    case itself
    /// The kernel keeps such datagrams to itself.
    case staysOnTheMachine
    case reservedScope
    /// No group is given, only peers, and peers need none.
    case unused
  }

  public var setting: Setting
  public var value: String
  public var reason: Reason

  public init(_ setting: Setting, _ value: String, _ reason: Reason) {
    self.setting = setting
    self.value = value
    self.reason = reason
  }
}

extension NetworkFault: CustomStringConvertible {
  public var description: String { "\(setting.rawValue) '\(value)': \(explanation)" }

  private var explanation: String {
    switch reason {
    case .noPort: value.isEmpty ? "the port is empty." : "nothing can be sent to port 0."
    case .portTaken(let other): "that port belongs to \(other.rawValue) already."
    case .linkLocalWithoutInterface: "a link-local address means nothing without an interface."
    case .noInterface(let name): "this network namespace has no interface '\(name)'."
    case .contradicts(let other, let value): "this is another interface than \(other.rawValue) '\(value)' names."
    case .noMulticast(let interface): "the interface '\(interface)' has no multicast."
    case .noAddress(let interface, let isIPv6): "the interface '\(interface)' has no \(Self.family(isIPv6)) address."
    case .notOwn(nil): "no interface of this network namespace has this address."
    case .notOwn(let interface?): "the interface '\(interface)' does not have this address."
    case .ambiguous(let names): "several interfaces have this address: \(names.joined(separator: ", "))."
    case .otherFamily(let isIPv6):
      "this is an \(Self.family(!isIPv6)) address, and the group is \(Self.family(isIPv6))."
    case .notMulticast: "this is no multicast address."
    case .multicast: "this is a multicast address."
    case .unspecified: "this is the address of no node."
    case .broadcast: "this is a broadcast address."
    case .itself: "this is where the proxy itself listens."
    case .staysOnTheMachine: "such datagrams do not leave the machine."
    case .reservedScope: "scope 0 is reserved; the kernel drops such datagrams."
    case .unused: "without a group no interface is needed."
    }
  }

  /// What to do about it.
  var remedy: String {
    let key = setting.jooldKey.map { " (In joold's file it is \"\($0)\".)" } ?? ""
    return action + key
  }

  private var action: String {
    switch reason {
    case .noPort: "Name a port from 1 to 65535, or leave it out for the default."
    case .portTaken: "Choose another one."
    case .linkLocalWithoutInterface:
      setting == .group
        ? "Write '\(value)%eth2', or name the interface with --net.dev.in and --net.dev.out."
        : "Write the interface behind it: '\(value)%eth2'."
    case .noInterface, .notOwn: "'ip address' tells which interfaces and addresses there are."
    case .contradicts: "Name the same interface in both, or only in one."
    case .noMulticast(let interface):
      "Run 'ip link set \(interface) multicast on', or name the other nodes with --net.peer."
    case .noAddress(_, let isIPv6):
      "Give it one, or use \(setting == .peer || setting == .statisticsAddress ? "an address" : "a group") of \(Self.family(!isIPv6))."
    case .ambiguous(let names): "Write '\(value)%\(names.first ?? "eth2")', or name the interface instead."
    case .otherFamily: "Give the interface's name instead."
    case .notMulticast: "Name a group, such as ff08::db8:64:64 or 239.64.64.64. A node is named with --net.peer."
    case .multicast:
      setting == .peer
        ? "Give a group as --net.mcast.addr, or a node's own address here."
        : "Name an address of this machine, or '::' for all."
    case .unspecified, .broadcast, .itself:
      setting == .statisticsAddress
        ? "Name an address of this machine, or '::' for all." : "Name an address of another node."
    case .staysOnTheMachine:
      setting == .timeToLive
        ? "Name at least 1, which reaches the nodes on the same link."
        : "Use a group that reaches the link (ff02::…) or the site (ff05::…, ff08::…)."
    case .reservedScope: "Use a group that reaches the link (ff02::…) or the site (ff05::…, ff08::…)."
    case .unused:
      "Leave it out. The interface that leads to a peer is written behind the peer's address: 'fe80::2%eth2'."
    }
  }

  private static func family(_ isIPv6: Bool) -> String { isIPv6 ? "IPv6" : "IPv4" }
}
