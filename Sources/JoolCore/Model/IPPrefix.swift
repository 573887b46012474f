/// A range of addresses that share their first `length` bits: `64:ff9b::/96`, `192.0.2.0/24`.
///
/// Bits after `length` are kept as given, because the module itself refuses them ("'192.0.2.1/24' seems to have a
/// suffix; please fix.").
public struct IPPrefix<Address: IPAddress>: Hashable, Sendable, TextCodable {
  /// The address before the slash.
  public let address: Address
  /// The number of bits that the addresses share: 0 to 32, or 0 to 128.
  public let length: Int

  /// Creates a prefix.
  ///
  /// `nil` unless `length` fits the address.
  public init?(address: Address, length: Int) {
    guard 0...Address.bitWidth ~= length else { return nil }
    self.address = address
    self.length = length
  }

  /// The prefix that contains only `address`.
  public init(host address: Address) {
    self.address = address
    self.length = Address.bitWidth
  }

  /// Parses `ADDRESS/LENGTH`, or `ADDRESS` for the prefix that contains only this address.
  ///
  /// `nil` if the address is not of this family, or if the length is not a decimal number that fits it.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let address = parts.first.flatMap({ Address($0) }) else { return nil }
    guard parts.count == 2 else {
      self.init(host: address)
      return
    }
    guard let length = UInt8(digits: parts[1]) else { return nil }
    self.init(address: address, length: Int(length))
  }

  /// Whether `other` is inside this prefix.
  public func contains(_ other: Address) -> Bool {
    length == 0 || (address.bits ^ other.bits) >> (Address.bitWidth - length) == 0
  }

  /// The text form: address, slash, length.
  public var description: String { "\(address)/\(length)" }
}

/// A prefix of IPv4 addresses.
public typealias IPv4Prefix = IPPrefix<IPv4Address>
/// A prefix of IPv6 addresses.
public typealias IPv6Prefix = IPPrefix<IPv6Address>

/// pool6: IPv4 addresses embedded in an IPv6 prefix (RFC 6052 §2.2).
///
/// The IPv4 bits follow the prefix, but skip bits 64 to 71, which stay zero ("u").
extension IPPrefix<IPv6Address> {
  /// The lengths that RFC 6052 and Jool allow.
  public static let translationLengths = Set((0...128).filter(isTranslationLength))

  /// Whether RFC 6052 and Jool allow a length.
  public static func isTranslationLength(_ length: Int) -> Bool {
    switch length {
    case 32, 40, 48, 56, 64, 96: true
    default: false
    }
  }

  /// The IPv6 address that stands for `address4`: `64:ff9b::/96` and `192.0.2.8` make `64:ff9b::c000:208`.
  ///
  /// `nil` if this prefix's length is not in `translationLengths`.
  public func embedding(_ address4: IPv4Address) -> IPv6Address? {
    guard Self.isTranslationLength(length) else { return nil }
    let network = length == 0 ? 0 : (address.bits >> (128 - length)) << (128 - length)
    let embedded = UInt128(address4.bits)
    if length == 96 { return IPv6Address(bits: network | embedded) }
    let contiguous = (embedded << 96) >> length  // as if there were no "u"
    let beforeU = (contiguous >> 64) << 64
    let afterU = (contiguous & UInt128(UInt64.max)) >> 8
    return IPv6Address(bits: network | beforeU | afterU)
  }

  /// The IPv4 address inside `address6` (the inverse of `embedding`).
  ///
  /// `nil` if `address6` is not in this prefix, or this prefix's length is not in `translationLengths`.
  public func extracting(from address6: IPv6Address) -> IPv4Address? {
    guard contains(address6), Self.isTranslationLength(length) else { return nil }
    if length == 96 { return IPv4Address(bits: UInt32(truncatingIfNeeded: address6.bits)) }
    let beforeU = (address6.bits >> 64) << 64
    let afterU = (address6.bits << 72) >> 64
    return IPv4Address(bits: UInt32(truncatingIfNeeded: ((beforeU | afterU) << length) >> 96))
  }
}
