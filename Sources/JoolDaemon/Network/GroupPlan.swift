internal import JoolCore

/// The interfaces on which a socket joins a multicast group and through which it sends to it.
struct GroupPlan: Hashable, Sendable {
  /// An interface, and for IPv4 perhaps one of its addresses.
  struct Place: Hashable, Sendable {
    var interface: InterfaceSnapshot.Interface
    /// The IPv4 address that names the interface.
    ///
    /// It is the source of the datagrams that are sent there.
    var source: IPv4Address?

    /// Compares what the socket depends on: another name or address of the interface changes nothing.
    static func == (left: Place, right: Place) -> Bool {
      left.interface.index == right.interface.index && left.source == right.source
    }

    func hash(into hasher: inout Hasher) { hasher.combine(interface.index) }
  }

  /// The group's address and port.
  ///
  /// A link-local group has its interface as scope.
  var group: SocketAddress
  /// The place where the socket joins.
  ///
  /// `nil` if the user named no interface and no route leads to the group.
  var incoming: Place?
  /// The place through which the socket sends.
  ///
  /// `nil` if the kernel's routes decide for each datagram.
  var outgoing: Place?
}
