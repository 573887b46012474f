internal import Glibc

/// The privileges of a process, as /proc lists them.
struct ProcessRights {
  /// The effective user ID.
  let user: UInt32
  /// Whether the process has CAP_NET_ADMIN, capability 12 (capabilities(7)), in our user namespace.
  ///
  /// Such a process can configure the module without this proxy. In a user namespace of its own any process has all
  /// capabilities, but they have no effect here.
  let hasNetAdmin: Bool

  /// `nil` if there is no such process.
  init?(of process: Int32) {
    guard process > 0 else { return nil }
    var fields: [Substring: [Substring]] = [:]
    for line in ProcFiles.lines(of: "/proc/\(process)/status") {
      let words = line.split { $0.isWhitespace }
      if let name = words.first { fields[name] = Array(words.dropFirst()) }
    }
    guard let users = fields["Uid:"], users.count == 4, let user = UInt32(users[1]) else { return nil }
    self.user = user
    // Namespaces are compared by their UID maps, because few processes may read /proc/PID/ns.
    let isInOurNamespace = ProcFiles.lines(of: "/proc/\(process)/uid_map") == ProcFiles.lines(of: "/proc/self/uid_map")
    let capabilities = fields["CapEff:"]?.first.flatMap { UInt64($0, radix: 16) } ?? 0
    hasNetAdmin = isInOurNamespace && capabilities & 1 << 12 != 0
  }
}
