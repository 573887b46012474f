internal import Glibc

/// An IPv4 or IPv6 address, stored as the integer that its bytes form in network order, with its usual text form.
public protocol IPAddress: Hashable, Comparable, Sendable, TextCodable {
  /// An unsigned integer as wide as the address.
  associatedtype Bits: FixedWidthInteger & UnsignedInteger & BitwiseCopyable & Sendable

  /// The address, most significant byte first: `192.0.2.1` is `0xC000_0201`.
  var bits: Bits { get }
  /// Creates the address from its integer.
  init(bits: Bits)
}

extension IPAddress {
  /// Parses a part of a text, for example a substring.
  ///
  /// `nil` if the text is no address of this family.
  public init?(_ text: some StringProtocol) { self.init(String(text)) }

  /// Compares the addresses as integers.
  public static func < (left: Self, right: Self) -> Bool { left.bits < right.bits }

  /// The number of bits in an address: 32 or 128.
  public static var bitWidth: Int { Bits.bitWidth }
}

/// An IPv4 address.
///
/// Its text form is that of `inet_pton(3)` and `inet_ntop(3)`: four decimal parts, no leading zeros.
public struct IPv4Address: IPAddress {
  /// The address, most significant byte first: `192.0.2.1` is `0xC000_0201`.
  public let bits: UInt32

  /// Creates the address from its integer.
  public init(bits: UInt32) { self.bits = bits }

  /// Parses an address.
  ///
  /// `nil` if `inet_pton(3)` refuses the text.
  public init?(_ text: String) {
    guard let bits: UInt32 = parseAddress(text, family: AF_INET) else { return nil }
    self.bits = bits
  }

  /// The address as `inet_ntop(3)` writes it.
  public var description: String { text }
}

/// An IPv6 address.
///
/// Its text form is that of `inet_pton(3)` and `inet_ntop(3)`: no zone, longest run of zeros compressed.
public struct IPv6Address: IPAddress {
  /// The address, most significant byte first.
  public let bits: UInt128

  /// Creates the address from its integer.
  public init(bits: UInt128) { self.bits = bits }

  /// Parses an address.
  ///
  /// `nil` if `inet_pton(3)` refuses the text.
  public init?(_ text: String) {
    guard let bits: UInt128 = parseAddress(text, family: AF_INET6) else { return nil }
    self.bits = bits
  }

  /// The address as `inet_ntop(3)` writes it.
  public var description: String { text }

  /// Whether the address is `::`.
  public var isUnspecified: Bool { bits == 0 }

  /// Whether the address is inside `ff00::/8` (RFC 4291 §2.7).
  public var isMulticast: Bool { bits >> 120 == 0xFF }
}

private func parseAddress<Bits: FixedWidthInteger>(_ text: String, family: Int32) -> Bits? {
  guard !text.utf8.contains(0) else { return nil }  // C would stop reading there
  var bits: Bits = 0
  return inet_pton(family, text, &bits) == 1 ? Bits(bigEndian: bits) : nil
}
