/// An inclusive range of ports, or of ICMP identifiers.
///
/// The text form is `61001-65535`.
public struct PortRange: Hashable, Sendable, TextCodable {
  /// The first port.
  public let first: UInt16
  /// The last port, inside the range.
  public let last: UInt16

  /// Creates a range.
  ///
  /// The order is kept as given, because the module itself swaps the ends of an inverted range.
  public init(_ first: UInt16, _ last: UInt16) {
    self.first = first
    self.last = last
  }

  /// Parses `FIRST-LAST`, or `PORT` for the range that contains only this port.
  ///
  /// `nil` unless the ports are decimal numbers of at most 65535. The order of the ends is kept.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = parts.first.flatMap({ UInt16(digits: $0) }),
      let last = parts.count == 2 ? UInt16(digits: parts[1]) : first
    else { return nil }
    self.init(first, last)
  }

  /// The text form: first port, hyphen, last port.
  public var description: String { "\(first)-\(last)" }

  /// All ports: 0 to 65535.
  public static let all = PortRange(0, .max)
}

/// A set of IPv4 transport addresses that the translator may use as masks of IPv6 nodes.
public struct Pool4Entry: Hashable, Sendable, Codable {
  /// The mark of the packets that use the entry.
  ///
  /// Mark and protocol together identify a table of pool4.
  public var mark: UInt32
  /// The protocol of the packets that use the entry.
  public var proto: L4Protocol
  /// The addresses: a single one in the module's answers, any prefix in requests.
  public var prefix: IPv4Prefix
  /// The ports, or ICMP identifiers, of each address.
  public var ports: PortRange
  /// The iteration limit of the entry's table.
  public var iterations: MaxIterations

  /// Creates an entry.
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

/// The number of attempts that the module may make to find a free mask, per table of pool4 (`--max-iterations`).
///
/// The text form is that of the command line: `auto`, `infinity` or a number. The coded form is both numbers, because the
/// text does not contain the limit that the module has computed.
public struct MaxIterations: Hashable, Sendable, Codable {
  /// The limit in force in an answer (0: none), the wanted limit in a request.
  public var limit: UInt32
  /// The flags that determine the meaning of `limit`.
  public var flags: Flags

  /// The kernel's iteration flags.
  public struct Flags: OptionSet, Hashable, Sendable, Codable {
    /// The flags' bits.
    public let rawValue: UInt8
    /// Creates flags from their bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// In a request: change the table's value.
    ///
    /// In an answer: an administrator has set the value.
    public static let set = Flags(rawValue: 1)
    /// The module computes the limit from the table's size.
    public static let automatic = Flags(rawValue: 2)
    /// There is no limit.
    public static let infinite = Flags(rawValue: 4)
  }

  /// Creates a limit with the flags that belong to it.
  public init(limit: UInt32, flags: Flags) {
    self.limit = limit
    self.flags = flags
  }

  /// Parses a request: `auto`, `infinity` or a decimal number of at most 4294967295.
  ///
  /// `nil` for any other text.
  public init?(_ text: some StringProtocol) {
    switch text {
    case "auto": self = .automatic
    case "infinity": self = .infinite
    default:
      guard let limit = UInt32(digits: text) else { return nil }
      self = .fixed(limit)
    }
  }

  /// A request that leaves the table's value as it is.
  public static let unset = MaxIterations(limit: 0, flags: [])
  /// A request for the limit that the module computes.
  public static let automatic = MaxIterations(limit: 0, flags: [.set, .automatic])
  /// A request for no limit.
  public static let infinite = MaxIterations(limit: 0, flags: [.set, .infinite])

  /// A request for this limit.
  public static func fixed(_ limit: UInt32) -> MaxIterations { MaxIterations(limit: limit, flags: .set) }
}
