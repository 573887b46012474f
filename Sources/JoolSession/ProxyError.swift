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
  /// A socket option, named as in ip(7) and ipv6(7), was refused.
  case optionRefused(String, Errno)
  /// `role` is "incoming" or "outgoing".
  case badInterface(role: String, name: String, Errno)
  /// Neither an IPv4 address nor an interface.
  case badInterfaceAddress(String)
  /// The statistics server's port or address cannot be had.
  case statisticsUnavailable(address: String, port: String, Errno)
  case system(call: String, Errno)
}

extension ProxyError {
  /// Runs something that asks the module, at a program's start.
  static func asking<Value: ~Copyable>(_ body: () throws(JoolError) -> Value) throws(ProxyError) -> Value {
    do throws(JoolError) { return try body() } catch { throw .kernel(error) }
  }
}

extension ProxyError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .kernel(let error): "\(error)"
    case .noSuchInstance(let name): "This namespace lacks an instance named '\(name)'."
    case .lookupFailed(_, _, let code): "getaddrinfo() failed: \(String(cString: gai_strerror(code)))"
    case .bindFailed(_, _, let code): "bind() failed: \(code)"
    case .optionRefused(let option, let code): "setsockopt(\(option)) failed: \(code)"
    case .badInterface(let role, _, let code): "The \(role) interface name is invalid: \(code)"
    case .badInterfaceAddress(let text): "Cannot parse '\(text)' as an IPv4 address."
    case .statisticsUnavailable(_, _, let code): "statsocket error: \(code)"
    case .system(let call, let code): "\(call) failed: \(code)"
    }
  }
}
