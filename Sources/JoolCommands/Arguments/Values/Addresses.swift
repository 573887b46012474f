import JoolCore

/// The properties of an address type that the parsers of arguments need.
protocol ArgumentAddress: IPAddress {
  static var family: AddressFamily { get }
  /// The greatest length of a prefix, in bytes. Both limits are the C client's, because error messages depend on them.
  static var longestPrefix: Int { get }
  /// The greatest length of a transport address, in bytes.
  static var longestTransportAddress: Int { get }
}

extension IPv4Address: ArgumentAddress {
  static var family: AddressFamily { .ipv4 }
  static var longestPrefix: Int { 18 }
  static var longestTransportAddress: Int { 21 }
}

extension IPv6Address: ArgumentAddress {
  static var family: AddressFamily { .ipv6 }
  static var longestPrefix: Int { 49 }
  static var longestTransportAddress: Int { 51 }
}

extension ArgumentAddress {
  /// Reads an address.
  init(argument text: some StringProtocol) throws(ArgumentError) {
    guard let address = Self(String(text)) else { throw .notAddress(String(text), Self.family) }
    self = address
  }
}

extension IPPrefix where Address: ArgumentAddress {
  /// Reads `ADDRESS[/LENGTH]`; without a length the prefix holds one address.
  init(argument text: String) throws(ArgumentError) {
    guard !text.isEmpty else { throw .emptyPrefix(Address.family) }
    guard text.utf8.count <= Address.longestPrefix else { throw .tooLong(text) }
    let halves = Halves(of: text, at: "/")
    let address = try Address(argument: halves.first)
    try halves.rejectLeadingSeparator(Address.family)
    guard let length = halves.second else {
      self.init(host: address)
      return
    }
    let bits = try UInt8(argument: length, limit: UInt8(Address.bitWidth))
    guard let prefix = IPPrefix(address: address, length: Int(bits)) else { throw .notAddress(text, Address.family) }
    self = prefix
  }

  /// Reads a prefix, or `null` for none.
  static func optional(argument text: String) throws(ArgumentError) -> Self? {
    text == "null" ? nil : try Self(argument: text)
  }
}

extension TransportAddress where Address: ArgumentAddress {
  /// Reads `ADDRESS#PORT`. For ICMP the port is the identifier.
  init(argument text: String) throws(ArgumentError) {
    guard text.utf8.count <= Address.longestTransportAddress else { throw .tooLong(text) }
    let halves = Halves(of: text, at: "#")
    let address = try Address(argument: halves.first)
    try halves.rejectLeadingSeparator(Address.family)
    guard let port = halves.second, !port.isEmpty else { throw .noPort(text, Address.family) }
    self.init(address, try UInt16(argument: port))
  }
}

extension PortRange {
  /// Reads `PORT` or `FIRST-LAST`. The order does not matter.
  init(argument text: String) throws(ArgumentError) {
    let parts = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    do throws(ArgumentError) {
      let first = try UInt16(argument: parts[0])
      self.init(first, parts.count == 2 ? try UInt16(argument: parts[1]) : first)
    } catch {
      // The message shows the whole text if its first part is wrong, because it may not have been meant as a range.
      if case .notUnsignedInteger(String(parts[0])) = error { throw .notUnsignedInteger(text) }
      throw error
    }
  }
}

/// A text split at its first separator. Leading separators are skipped first, as the C client's tokenizer does.
private struct Halves {
  let text: String
  let first: Substring
  let second: Substring?
  let hasLeadingSeparator: Bool

  init(of text: String, at separator: Character) {
    let trimmed = text.drop { $0 == separator }
    let parts = trimmed.split(separator: separator, maxSplits: 1, omittingEmptySubsequences: false)
    self.text = text
    first = parts.first ?? ""
    second = parts.count == 2 ? parts[1] : nil
    hasLeadingSeparator = trimmed.startIndex != text.startIndex
  }

  func rejectLeadingSeparator(_ family: AddressFamily) throws(ArgumentError) {
    if hasLeadingSeparator { throw .notAddress(text, family) }
  }
}
