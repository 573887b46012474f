internal import Glibc
public import JoolCore
public import SystemPackage

/// Why a proxy or follower could not start. Once it runs, it survives whatever happens and logs it.
public enum ProxyError: Error, Hashable, Sendable {
  case kernel(JoolError)
  /// The module runs, but not this instance.
  case noSuchInstance(InstanceName)
  /// `getaddrinfo` failed with this code of its own.
  case lookupFailed(address: String, port: String, code: Int32)
  /// The addresses that were found cannot be bound.
  case bindFailed(address: String, port: String, Errno)
  /// A socket option, named as in ip(7) and ipv6(7), was refused; the interface that the user gave, if it was for one.
  case optionRefused(String, interface: String? = nil, Errno)
  /// `role` is "incoming" or "outgoing".
  case badInterface(role: String, name: String, Errno)
  /// Neither an IPv4 address nor an interface.
  case badInterfaceAddress(String)
  /// The statistics server's port or address cannot be had.
  case statisticsUnavailable(address: String, port: String, Errno)
  case system(call: String, Errno)
  case keyFile(KeyFileError)
  /// A proxy of the instance runs in this network namespace; 0 for a process of another PID namespace.
  case alreadyRunning(InstanceName, process: Int32)
  case noSuchUser(String)
  case noSuchGroup(String)
  /// A number that no user has: its group is unknown.
  case userWithoutGroup(String)
  case cannotBecome(user: String, Errno)
  case trackFile(String, TrackFileError)
  /// What the proxy is told cannot be read; the reader's words.
  case configuration(String)
  /// A peer has no address of the family that the first peer has.
  case mixedPeers(String)
  /// An address, a port or an interface can never work.
  case network(NetworkFault)
}

extension ProxyError {
  /// Runs something that asks the module, at a program's start.
  static func asking<Value: ~Copyable>(_ body: () throws(JoolError) -> Value) throws(ProxyError) -> Value {
    do throws(JoolError) { return try body() } catch { throw .kernel(error) }
  }
}

extension ProxyError {
  /// What the user should look at, beyond the C proxy's words in `description`. `nil` if those name it.
  public var hint: String? {
    switch self {
    case .keyFile(.cannotRead(_, .permissionDenied)): return "The file must belong to the user of the proxy (--user)."
    case .kernel, .noSuchInstance, .system, .keyFile, .configuration, .mixedPeers, .noSuchUser,
      .noSuchGroup, .userWithoutGroup:
      return nil
    case .trackFile(_, .cannotWrite(.permissionDenied)):
      return "The user of the proxy (--user) makes the file and writes it. Give that user the directory, or the file."
    case .alreadyRunning:
      return
        "That one goes on as before. `jool session proxy status` shows its state; end it before you start another one."
    case .network(let fault): return fault.remedy
    case .badInterfaceAddress(let name):
      return "The group is an IPv4 one, and '\(name)' is neither an interface nor an address of this network namespace."
    case .trackFile:
      return "keepalived would not hear when the node gets ready. Make the directory, or name another file."
    case .cannotBecome: return "Only root can become another user; leave --user out, and give the proxy CAP_NET_ADMIN."
    case .lookupFailed(let address, let port, _):
      return "The address was '\(address)', the port '\(port)'; one of them does not exist."
    case .bindFailed(let address, let port, .addressInUse):
      return "Another program uses port \(port) of '\(address)'. (ss -ulpn tells which.)"
    case .bindFailed(let address, _, .addressNotAvailable):
      return
        "'\(address)' is neither a multicast group nor an address of this machine. A group is, for example, ff08::db8:64:64; another node is named with --net.peer."
    case .bindFailed(let address, let port, _): return "The address was '\(address)', the port '\(port)'."
    case .optionRefused(_, let interface?, _):
      return
        "'\(interface)' is no interface of this network namespace that could be used. (ip address tells which are.)"
    case .optionRefused(let option, _, .operationNotSupportedByDevice) where option.contains("MEMBERSHIP"):
      return "No interface has a route to the group; name one with --net.dev.in (joold: \"in interface\")."
    case .optionRefused: return nil
    case .badInterface(let role, let name, _):
      return "'\(name)', given as \(role) interface, is none of this network namespace. (ip link tells which are.)"
    case .statisticsUnavailable(let address, let port, .addressInUse):
      return "Another program uses port \(port) of '\(address)'; choose one with --stats.port. (ss -ulpn tells which.)"
    case .statisticsUnavailable(let address, _, .addressNotAvailable):
      return
        "'\(address)' is no address of this machine; choose one with --stats.address. (ip address tells which are.)"
    case .statisticsUnavailable(let address, let port, _):
      return "The statistics server should listen on '\(address)', port '\(port)'."
    }
  }
}

extension ProxyError: CustomStringConvertible {
  /// The words of the C proxy, which its users may look for in the system's log.
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
    case .alreadyRunning(let name, let process):
      "A session proxy runs for instance '\(name)' in this network namespace: "
        + (process > 0 ? "process \(process)." : "a process of another PID namespace.")
    case .network(let fault): "\(fault)"
    case .noSuchUser(let name): "There is no user '\(name)'."
    case .noSuchGroup(let name): "There is no group '\(name)'."
    case .userWithoutGroup(let number):
      "No user has the number \(number), so its group is unknown. Name the group, too: --user \(number):GROUP"
    case .cannotBecome(let user, let code): "Cannot become user '\(user)': \(code)"
    case .trackFile(let file, let code): "Cannot write the track file '\(file)': \(code)"
    case .mixedPeers(let host):
      "The peer '\(host)' has no address of the first peer's family; name all by IPv4 or all by IPv6 addresses."
    }
  }
}
