internal import JoolCore

/// The multicast groups that the interfaces of this network namespace receive.
///
/// They must be checked, because nothing reports the end of a membership: it ends when the socket's interface is
/// removed, even if another interface gets its name and index.
struct GroupMembership {
  private let text: String
  private let isIPv6: Bool

  /// Reads the memberships of all interfaces.
  /// - `text`: the contents of `/proc/net/igmp6` or `/proc/net/igmp`.
  init(_ text: String, isIPv6: Bool) {
    self.text = text
    self.isIPv6 = isIPv6
  }

  /// The present memberships, read from /proc.
  ///
  /// `nil` if the kernel does not provide the file.
  static func now(isIPv6: Bool) -> GroupMembership? {
    ProcFiles.text(of: isIPv6 ? "/proc/self/net/igmp6" : "/proc/self/net/igmp").map {
      GroupMembership($0, isIPv6: isIPv6)
    }
  }

  func contains(_ host: AnyIPAddress, interface: UInt32) -> Bool {
    switch host {
    case .v6(let address):
      // The fields of a line: index, interface, group, users, and more.
      let group = String(address.bits, radix: 16)
      let padded = String(repeating: "0", count: 32 - group.count) + group
      return text.split(separator: "\n").contains { line in
        let fields = line.split(separator: " ", omittingEmptySubsequences: true)
        return fields.count > 2 && UInt32(fields[0]) == interface && fields[2] == padded
      }
    case .v4(let address):
      // Each interface has a line that begins with its index. Lines with its groups follow, which begin with a tab.
      let group = String(address.bits.bigEndian, radix: 16, uppercase: true)
      let padded = String(repeating: "0", count: 8 - group.count) + group
      var index: UInt32?
      for line in text.split(separator: "\n") {
        guard line.first == "\t" else {
          index = line.split(separator: "\t").first.flatMap { UInt32($0) }
          continue
        }
        if index == interface, line.split(whereSeparator: { $0 == "\t" || $0 == " " }).first == padded[...] {
          return true
        }
      }
      return false
    }
  }
}
