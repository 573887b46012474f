/// An inclusive range of ports, or of ICMP identifiers.
public struct PortRange: Hashable, Sendable {
  public let first: UInt16
  public let last: UInt16

  /// In the given order: the module swaps an inverted range itself.
  public init(_ first: UInt16, _ last: UInt16) {
    self.first = first
    self.last = last
  }

  /// 0 to 65535.
  public static let all = PortRange(0, .max)
}

/// IPv4 transport addresses that may mask IPv6 nodes.
public struct Pool4Entry: Hashable, Sendable {
  /// Packets with this mark use the entry. Mark and protocol name a table of pool4.
  public var mark: UInt32
  public var proto: L4Protocol
  /// One address in what the module answers; any prefix in what it is asked.
  public var prefix: IPv4Prefix
  public var ports: PortRange
  public var iterations: MaxIterations

  public init(
    mark: UInt32 = 0, proto: L4Protocol, prefix: IPv4Prefix, ports: PortRange, iterations: MaxIterations = .unset
  ) {
    self.mark = mark
    self.proto = proto
    self.prefix = prefix
    self.ports = ports
    self.iterations = iterations
  }
}

/// How often the module may try to find a free mask, per table of pool4 (`--max-iterations`).
public struct MaxIterations: Hashable, Sendable {
  /// The limit in force (0: none) or the one asked for.
  public var limit: UInt32
  public var flags: Flags

  /// The kernel's iteration flags.
  public struct Flags: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// In a request: change the table's value. In an answer: somebody did.
    public static let set = Flags(rawValue: 1)
    /// Computed from the table's size.
    public static let automatic = Flags(rawValue: 2)
    public static let infinite = Flags(rawValue: 4)
  }

  public init(limit: UInt32, flags: Flags) {
    self.limit = limit
    self.flags = flags
  }

  /// Leave the table's value as it is.
  public static let unset = MaxIterations(limit: 0, flags: [])
  public static let automatic = MaxIterations(limit: 0, flags: [.set, .automatic])
  public static let infinite = MaxIterations(limit: 0, flags: [.set, .infinite])

  public static func fixed(_ limit: UInt32) -> MaxIterations { MaxIterations(limit: limit, flags: .set) }
}
