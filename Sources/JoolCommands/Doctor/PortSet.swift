import JoolCore

/// A set of ports.
struct PortSet: Hashable, Sendable {
  private var isMember = [Bool](repeating: false, count: Int(UInt16.max) + 1)

  init(_ ranges: [PortRange] = []) {
    for range in ranges {
      for port in min(range.first, range.last)...max(range.first, range.last) { isMember[Int(port)] = true }
    }
  }

  /// Parses the list of a sysctl such as `net.ipv4.ip_local_reserved_ports`: `8080,9148-9150`.
  ///
  /// Parts that are no ranges are ignored.
  init(list: String) { self.init(list.split(separator: ",").compactMap { PortRange($0) }) }

  var count: Int { isMember.count { $0 } }
  var isEmpty: Bool { !isMember.contains(true) }

  func contains(_ port: UInt16) -> Bool { isMember[Int(port)] }

  func union(_ other: PortSet) -> PortSet { combined(other) { $0 || $1 } }
  func intersection(_ other: PortSet) -> PortSet { combined(other) { $0 && $1 } }
  func subtracting(_ other: PortSet) -> PortSet { combined(other) { $0 && !$1 } }

  private func combined(_ other: PortSet, _ operation: (Bool, Bool) -> Bool) -> PortSet {
    var result = self
    for port in isMember.indices { result.isMember[port] = operation(isMember[port], other.isMember[port]) }
    return result
  }

  /// The members as ranges, in ascending order.
  var ranges: [PortRange] {
    var ranges: [PortRange] = []
    var first: UInt16?
    for port in UInt16.min...UInt16.max {
      if contains(port) {
        first = first ?? port
        if port == .max || !contains(port + 1), let begin = first {
          ranges.append(PortRange(begin, port))
          first = nil
        }
      }
    }
    return ranges
  }

  /// The members as the list of a sysctl.
  var list: String { ranges.map { $0.first == $0.last ? "\($0.first)" : "\($0)" }.joined(separator: ",") }
}
