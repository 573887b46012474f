internal import Glibc
public import JoolCore
public import SystemPackage

/// The reason why a proxy or a follower could not start.
///
/// A proxy that runs logs errors and goes on.
public enum ProxyError: Error, Hashable, Sendable {
  /// The module cannot be reached or used.
  case kernel(JoolError)
  /// The module runs, but not this instance.
  case noSuchInstance(InstanceName)
  /// `getaddrinfo` failed with this code of its own (`EAI_…`).
  case lookupFailed(address: String, port: String, code: Int32)
  /// The addresses that were found cannot be bound.
  case bindFailed(address: String, port: String, Errno)
  /// The kernel refused a socket option, which is named as in ip(7) and ipv6(7). If the option concerns an interface
  /// that the user gave, `interface` is that interface.
  case optionRefused(String, interface: String? = nil, Errno)
  /// An interface that the user named does not exist. `role` is "incoming" or "outgoing".
  case badInterface(role: String, name: String, Errno)
  /// The text is neither an IPv4 address nor an interface.
  case badInterfaceAddress(String)
  /// The statistics server cannot use its port or address.
  case statisticsUnavailable(address: String, port: String, Errno)
  /// A system call failed.
  case system(call: String, Errno)
  /// The key file cannot be used.
  case keyFile(KeyFileError)
  /// Another proxy of the instance, or mirror of the group, runs in this network namespace. `process` is 0 for a process
  /// of another PID namespace.
  case alreadyRunning(InstanceName, ControlService = .proxy, process: Int32)
  /// The user to switch to does not exist.
  case noSuchUser(String)
  /// The group to switch to does not exist.
  case noSuchGroup(String)
  /// The number belongs to no user, so its group is unknown.
  case userWithoutGroup(String)
  /// The proxy cannot switch to the user.
  case cannotBecome(user: String, Errno)
  /// The track file, given by its path, cannot be written.
  case trackFile(String, TrackFileError)
  /// The directory of a mirror's snapshots, given by its path, cannot be used.
  case state(String, StateFault)
  /// The socket of a mirror, given by its path, cannot be opened.
  case socket(String, SocketFault)
  /// The configuration cannot be read. The text is the reader's message.
  case configuration(String)
  /// A peer has no address of the family that the first peer has.
  case mixedPeers(String)
  /// An address, a port or an interface can never work.
  case network(NetworkFault)
}

extension ProxyError {
  /// Runs `body`, which asks the module something at a program's start, and turns its error into `ProxyError.kernel`.
  static func asking<Value: ~Copyable>(_ body: () throws(JoolError) -> Value) throws(ProxyError) -> Value {
    do throws(JoolError) { return try body() } catch { throw .kernel(error) }
  }
}

extension ProxyError {
  /// The advice to the user beyond `description`, which has the C proxy's text.
  ///
  /// `nil` if that text suffices.
  public var hint: String? {
    switch self {
    case .keyFile(.cannotRead(_, .permissionDenied)): return "The file must belong to the user of the proxy (--user)."
    case .kernel, .noSuchInstance, .system, .keyFile, .configuration, .mixedPeers, .noSuchUser,
      .noSuchGroup, .userWithoutGroup:
      return nil
    case .trackFile(_, .cannotWrite(.permissionDenied)):
      return
        "The user of the proxy (--user) creates and writes the file. Give that user the directory or the file (chown)."
    case .alreadyRunning(_, let service, _):
      return
        "That \(service.rawValue) was not affected. `jool session \(service.rawValue) status` shows its state. "
        + "End it before you start another one."
    case .socket(_, .inUse): return "Give each mirror a socket of its own, or end the program that listens."
    case .socket(_, .otherFile): return "Remove the file, or choose another path with --socket."
    case .socket(_, .pathTooLong): return nil
    case .socket(_, .failed(.notPermitted)):
      return "Only root can give a socket to another owner or group (--socket.owner, --socket.group)."
    case .socket: return "The directory must exist, and the mirror must be able to create files in it."
    case .state(_, .inUse): return "Give each mirror a directory of its own, also those of different groups."
    case .state(_, .unusable):
      return "The directory must exist, and the user of the mirror must be able to create files in it."
    case .network(let fault): return fault.remedy
    case .badInterfaceAddress(let name):
      return
        "The group is an IPv4 group, and '\(name)' is neither an interface nor an address of this network namespace."
    case .trackFile:
      return "keepalived reads from this file whether the node is ready. Create the directory, or choose another file."
    case .cannotBecome:
      return "Only root can switch to another user. Without root, leave --user out, and give the proxy CAP_NET_ADMIN."
    case .lookupFailed(let address, let port, _):
      return "The address was '\(address)', the port '\(port)'. Check both."
    case .bindFailed(let address, let port, .addressInUse):
      return "Another program uses port \(port) of '\(address)'. To find it, run ss -ulpn."
    case .bindFailed(let address, _, .addressNotAvailable):
      return
        "'\(address)' is neither a multicast group nor an address of this machine. "
        + "A group is, for example, ff08::db8:64:64. For the address of another node, use --net.peer."
    case .bindFailed(let address, let port, _): return "The address was '\(address)', the port '\(port)'."
    case .optionRefused(_, let interface?, _):
      return
        "'\(interface)' is not a usable interface of this network namespace. To list the interfaces, run ip address."
    case .optionRefused(let option, _, .operationNotSupportedByDevice) where option.hasSuffix("MEMBERSHIP"):
      return "No interface has a route to the group. Give one with --net.dev.in (joold: \"in interface\")."
    case .optionRefused: return nil
    case .badInterface(let role, let name, _):
      return "The \(role) interface '\(name)' is not in this network namespace. To list the interfaces, run ip link."
    case .statisticsUnavailable(let address, let port, .addressInUse):
      return
        "Another program uses port \(port) of '\(address)'. To find it, run ss -ulpn; or choose a port: --stats.port."
    case .statisticsUnavailable(let address, _, .addressNotAvailable):
      return
        "This machine does not have the address '\(address)'. To list its addresses, run ip address. "
        + "Choose one with --stats.address."
    case .statisticsUnavailable(let address, let port, _):
      return "The address is '\(address)' (--stats.address), the port '\(port)' (--stats.port)."
    }
  }
}

extension ProxyError: CustomStringConvertible {
  /// The C proxy's text where it has one, because users may look for it in the system's log.
  public var description: String {
    switch self {
    case .kernel(let error): "\(error)"
    case .noSuchInstance(let name): "This namespace lacks an instance named '\(name)'."
    case .lookupFailed(_, _, let code): "getaddrinfo() failed: \(String(cString: gai_strerror(code)))"
    case .bindFailed(_, _, let code): "bind() failed: \(code)"
    case .optionRefused(let option, _, let code): "setsockopt(\(option)) failed: \(code)"
    case .badInterface(let role, _, let code): "The \(role) interface name is invalid: \(code)"
    case .badInterfaceAddress(let text): "Cannot parse '\(text)' as an IPv4 address."
    case .statisticsUnavailable(_, _, let code): "statsocket error: \(code)"
    case .system(let call, let code): "\(call) failed: \(code)"
    case .keyFile(let error): "\(error)"
    case .configuration(let text): text
    case .socket(let path, let fault): "Cannot make the socket '\(path)': \(fault)"
    case .state(let path, let fault): "Cannot use the directory '\(path)' for snapshots: \(fault)"
    case .alreadyRunning(let name, let service, let process):
      (service == .proxy ? "A session proxy runs for instance '\(name)'" : "A mirror of the group '\(name)' runs")
        + " in this network namespace: "
        + (process > 0 ? "process \(process)." : "a process of another PID namespace.")
    case .network(let fault): "\(fault)"
    case .noSuchUser(let name): "The user '\(name)' does not exist."
    case .noSuchGroup(let name): "The group '\(name)' does not exist."
    case .userWithoutGroup(let number):
      "No user has the number \(number), so its group is unknown. Give the group, too: --user \(number):GROUP"
    case .cannotBecome(let user, let code): "Cannot switch to user '\(user)': \(code)"
    case .trackFile(let file, let code): "Cannot write the track file '\(file)': \(code)"
    case .mixedPeers(let host):
      "The peer '\(host)' has no address of the first peer's family. "
        + "Give IPv4 addresses for all peers, or IPv6 addresses for all."
    }
  }
}
