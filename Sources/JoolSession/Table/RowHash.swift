/// The hash of the table's indexes.
///
/// Each table has a random key, so that peers and clients cannot choose what they send to collide.
///
/// It multiplies to 128 bits and folds, a 64-bit word at a time. It is not for anything that leaves the process; that
/// is `SessionDigest`.
struct RowHash: Sendable {
  private let key: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64)

  init() {
    var random = SystemRandomNumberGenerator()
    key = (random.next(), random.next(), random.next(), random.next(), random.next(), random.next())
  }

  /// The hash of protocol and source6, which identify a BIB entry from the IPv6 side.
  @inline(__always)
  func bib6(_ row: SessionRow) -> UInt64 {
    let address = Self.fold(row.source6High ^ key.0, row.source6Low ^ key.1)
    return Self.fold(address ^ key.2, UInt64(row.protoBits) << 16 | UInt64(row.port6) ^ key.3)
  }

  /// The hash of protocol, source6 and destination4, which identify a session, given `bib6` of the same row.
  @inline(__always)
  func session(_ row: SessionRow, bib6: UInt64) -> UInt64 {
    Self.fold(bib6 ^ key.4, UInt64(row.destination4) << 16 | UInt64(row.destinationPort) ^ key.5)
  }

  @inline(__always)
  func session(_ row: SessionRow) -> UInt64 { session(row, bib6: bib6(row)) }

  /// The hash of protocol and source4, which identify a BIB entry from the IPv4 side.
  @inline(__always)
  func bib4(_ row: SessionRow) -> UInt64 {
    let address = UInt64(row.source4) << 32 | UInt64(row.protoBits) << 16 | UInt64(row.port4)
    return Self.fold(Self.fold(address ^ key.2, key.0) ^ key.1, key.4)
  }

  @inline(__always)
  private static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let product = left.multipliedFullWidth(by: right)
    return product.high ^ product.low
  }
}
