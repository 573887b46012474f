internal import CLinux
internal import Glibc
package import JoolCore
internal import SystemPackage

/// The process that holds the control name of an instance's proxy in this network namespace.
///
/// It need not be a proxy, because any process may bind an unused abstract name.
package enum ControlNameHolder: Hashable, Sendable {
  /// A process with the rights of a proxy.
  case proxy(process: Int32)
  /// A process without them.
  case stranger(process: Int32, user: UInt32)
  /// The holder accepts no connection, and nothing more can be learnt about it.
  case unknown

  /// Finds the process that holds the control name of an instance.
  ///
  /// - Returns: `nil` if nobody holds the name. Does not block.
  package init?(of instance: InstanceName, _ service: ControlService = .proxy) {
    guard let socket = try? ControlProtocol.makeSocket(nonBlocking: true) else {
      self = .unknown
      return
    }
    if ControlProtocol.withAddress(of: instance, service: service, { connect(socket.rawValue, $0, $1) }) == 0 {
      self = PeerCredentials(of: socket.rawValue).map(Self.init) ?? .unknown
      return
    }
    // The holder's queue is full (EAGAIN), or the holder bound the name and does not listen (ECONNREFUSED).
    guard let owner = SocketOwner(ofName: ControlProtocol.name(of: instance, service)) else { return nil }
    self = owner.process.flatMap(PeerCredentials.init(ofProcess:)).map(Self.init) ?? .unknown
  }

  private init(_ credentials: PeerCredentials) {
    self =
      credentials.mayAdministrate
      ? .proxy(process: credentials.process) : .stranger(process: credentials.process, user: credentials.user)
  }
}

/// The process that has a Unix socket with an abstract name open.
///
/// Root sees all processes; others see their own.
private struct SocketOwner {
  /// The process ID.
  ///
  /// `nil` if this process may not inspect the one that has the socket open.
  private(set) var process: Int32?

  /// Finds the socket that has the name.
  ///
  /// - Returns: `nil` if there is no such socket in this network namespace.
  init?(ofName name: String) {
    // Columns: address, references, protocol, flags, type, state, inode, name.
    let inodes = ProcFiles.lines(of: "/proc/net/unix").compactMap { line -> Substring? in
      let words = line.split(separator: " ", maxSplits: 7)
      return words.count == 8 && words[7] == "@\(name)" && words[4] == "0005" ? words[6] : nil
    }
    guard !inodes.isEmpty else { return nil }
    let targets = Set(inodes.map { "socket:[\($0)]" })
    process = ProcFiles.entries(of: "/proc").lazy.compactMap { Int32($0) }.first { process in
      let folder = "/proc/\(process)/fd"
      return ProcFiles.entries(of: folder).contains { targets.contains(ProcFiles.target(of: "\(folder)/\($0)")) }
    }
  }
}
