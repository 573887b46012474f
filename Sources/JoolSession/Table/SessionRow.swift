internal import JoolCore

/// A session as the table stores it: 64 bytes, a cache line.
///
///     0         16        24        32        40      48      56     62  63 64
///     | source6 | version | source4 | expires | timer | sibling | ports | | |
///     |         |         | dest4   | ownSaid | links | links   |  6 4 d| | flags
///                                                                      origin
///     flags: bit 7 leader of its BIB entry, 5–6 protocol (3: the row is free), 2–4 TCP state, 0–1 timer
///
/// The properties are the fields of this layout, each of which is there for its size and place. The flags are those of
/// Jool's 36-byte record. Times are ticks (`TickClock`). Links are numbers of rows.
struct SessionRow: Sendable {
  /// The number that stands for no row, as at the end of a list.
  static let none = UInt32.max

  var source6High: UInt64
  var source6Low: UInt64
  var version = Version.unassigned
  var source4: UInt32
  var destination4: UInt32
  /// The tick at which the session expires.
  var expires: UInt32 = 0
  /// The tick at which this node last sent a record of its own about the session.
  ///
  /// 0: never. Records of other nodes do not change it.
  var ownRecordTick: UInt32 = 0
  /// The next row of the timer's list, or of the list of free rows.
  var timerNext = SessionRow.none
  /// The previous row of the timer's list, or which list this row is the first of (`TimerWheel`).
  var timerPrevious = SessionRow.none
  /// The next session of the same BIB entry.
  ///
  /// The sessions of a BIB entry form a ring.
  var siblingNext = SessionRow.none
  /// The previous session of the same BIB entry.
  var siblingPrevious = SessionRow.none
  var port6: UInt16
  var port4: UInt16
  var destinationPort: UInt16
  var origin: UInt8
  private var flags: UInt8

  private static let leader: UInt8 = 0x80
  private static let free: UInt8 = 0x60

  /// Packs a session into a row.
  ///
  /// - Returns: `nil` if the state (3 bits) or the timer (2 bits) does not fit. Those of RFC 6146 all fit.
  init?(_ session: SessionEntry, origin: UInt8, version: Version) {
    guard session.state.rawValue <= 7, session.timer.rawValue <= 3 else { return nil }
    source6High = UInt64(truncatingIfNeeded: session.source6.address.bits >> 64)
    source6Low = UInt64(truncatingIfNeeded: session.source6.address.bits)
    source4 = session.source4.address.bits
    destination4 = session.destination4.address.bits
    port6 = session.source6.port
    port4 = session.source4.port
    destinationPort = session.destination4.port
    self.origin = origin
    self.version = version
    flags = session.proto.rawValue << 5 | session.state.rawValue << 2 | session.timer.rawValue
  }

  var isFree: Bool { flags & Self.free == Self.free }

  mutating func markFree() { flags = Self.free }

  /// Whether this is the session by which the indexes of the BIB find the BIB entry.
  var isLeader: Bool {
    get { flags & Self.leader != 0 }
    set { flags = newValue ? flags | Self.leader : flags & ~Self.leader }
  }

  /// Protocol, state and timer, as Jool's 36-byte record has them.
  private var packedFlags: UInt8 { flags & 0x7F }

  var stateAndTimer: UInt8 { flags & 0x1F }

  var protoBits: UInt8 { flags >> 5 & 3 }

  var timerBits: UInt8 { flags & 3 }

  /// Takes over what an update may change.
  mutating func update(from other: SessionRow) {
    flags = flags & Self.leader | other.packedFlags
    origin = other.origin
    version = other.version
    expires = other.expires
    if other.ownRecordTick != 0 { ownRecordTick = other.ownRecordTick }
  }

  func hasSource6(of other: SessionRow) -> Bool {
    source6Low == other.source6Low && source6High == other.source6High && port6 == other.port6
      && protoBits == other.protoBits
  }

  func hasSource4(of other: SessionRow) -> Bool {
    source4 == other.source4 && port4 == other.port4 && protoBits == other.protoBits
  }

  func hasDestination4(of other: SessionRow) -> Bool {
    destination4 == other.destination4 && destinationPort == other.destinationPort
  }

  /// Whether state, timer and source4 are the same.
  func hasContent(of other: SessionRow) -> Bool { hasSource4(of: other) && stateAndTimer == other.stateAndTimer }

  /// Whether state, timer and source4 are those of an entry.
  func hasContent(of entry: SessionEntry) -> Bool {
    source4 == entry.source4.address.bits && port4 == entry.source4.port && state == entry.state && timer == entry.timer
  }

  // MARK: As values

  var proto: L4Protocol { L4Protocol(rawValue: protoBits) ?? .tcp }

  var state: TCPState { TCPState(rawValue: flags >> 2 & 7) }

  var timer: SessionTimer { SessionTimer(rawValue: timerBits) }

  var source6: TransportAddress6 {
    TransportAddress(IPv6Address(bits: UInt128(source6High) << 64 | UInt128(source6Low)), port6)
  }

  var source4Address: TransportAddress4 { TransportAddress(IPv4Address(bits: source4), port4) }

  var destination4Address: TransportAddress4 { TransportAddress(IPv4Address(bits: destination4), destinationPort) }

  var bibEntry: BIBEntry { BIBEntry(proto: proto, source6: source6, source4: source4Address, isStatic: false) }
}

extension SessionRow {
  /// Makes a row to compare with.
  ///
  /// Only the given fields count.
  init(proto: L4Protocol, source6: TransportAddress6, destination4: TransportAddress4) {
    self.init(proto: proto, source6: source6, source4: TransportAddress(IPv4Address(bits: 0), 0), destination4)
  }

  /// The row of a removal, for its digest and for comparisons.
  ///
  /// No session has its timer.
  init(_ removal: Removal) {
    let none = TransportAddress(IPv4Address(bits: 0), 0)
    self.init(
      proto: removal.entry.proto, source6: removal.entry.source6, source4: removal.entry.source4, none)
    version = removal.version
    flags |= SessionTimer.removal.rawValue
  }

  /// Makes a row to compare with.
  ///
  /// Only the given fields count.
  init(proto: L4Protocol, source4: TransportAddress4) {
    let none = TransportAddress(IPv6Address(bits: 0), 0)
    self.init(proto: proto, source6: none, source4: source4, TransportAddress(IPv4Address(bits: 0), 0))
  }

  private init(
    proto: L4Protocol, source6: TransportAddress6, source4: TransportAddress4, _ destination4: TransportAddress4
  ) {
    source6High = UInt64(truncatingIfNeeded: source6.address.bits >> 64)
    source6Low = UInt64(truncatingIfNeeded: source6.address.bits)
    self.source4 = source4.address.bits
    self.destination4 = destination4.address.bits
    port6 = source6.port
    port4 = source4.port
    destinationPort = destination4.port
    origin = 0
    flags = proto.rawValue << 5
  }
}
